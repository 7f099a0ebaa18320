/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The guest's symbols and code: from an address that it ran at to a name, and to its bytes. */
#ifndef KVMTREE_SYMBOLS_H
#define KVMTREE_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYMBOL_NAME_MAX 128

struct symbols;
struct trace_writer;

struct symbols *symbols_new(void);
void symbols_free(struct symbols *symbols);

/*
 * Reads symbols and code of an ELF file (32 or 64 bits), or the symbols of a System.map. NULL, and
 * "what: what to do" in why[why_sz], when the file has none.
 */
struct symbols *symbols_open(const char *path, char *why, size_t why_sz);
/* The same of a file's bytes, which outlive the symbols. */
struct symbols *symbols_of_bytes(const uint8_t *bytes, size_t sz, char *why, size_t why_sz);

/* --- filling; false: no memory. What is more than there is room for is left out. ---------- */

bool symbols_add(struct symbols *symbols, uint64_t address, uint64_t size, const char *name, size_t name_sz);
/* Code at an address, and where it lies in memory before paging is on. The bytes outlive the symbols. */
bool symbols_add_code(struct symbols *symbols, uint64_t address, uint64_t physical, const uint8_t *bytes,
		      size_t sz);
/* The same; the bytes are copied. */
bool symbols_copy_code(struct symbols *symbols, uint64_t address, uint64_t physical, const uint8_t *bytes,
		       size_t sz);
/* Unmapped when the symbols are freed. */
void symbols_keep_map(struct symbols *symbols, void *map, size_t map_sz);
/* What mode the code is for: 16, 32, 64; 0: not known. */
void symbols_set_bits(struct symbols *symbols, unsigned int bits);

/* --- asking ---------------------------------------------------------------------------- */

size_t symbols_cnt(const struct symbols *symbols);
unsigned int symbols_bits(const struct symbols *symbols);

/* The name of what holds the address, and how far into it that is; NULL: nothing does. */
const char *symbols_find(struct symbols *symbols, uint64_t address, uint64_t *offset);
/* The bytes from an address on, and how many there are; NULL: they are not known. */
const uint8_t *symbols_code(const struct symbols *symbols, uint64_t address, size_t *sz);

typedef void symbols_fn(void *owner, uint64_t address, uint64_t size, const char *name);
typedef void symbols_code_fn(void *owner, uint64_t address, uint64_t physical, const uint8_t *bytes, size_t sz);
void symbols_each(struct symbols *symbols, symbols_fn *fn, void *owner);
void symbols_each_code(const struct symbols *symbols, symbols_code_fn *fn, void *owner);

/* --- in a recording: chunks SYMBOLS and CODE ------------------------------------------- */

/* Returns 0, -errno of the file, or -ENOMEM. */
int symbols_write(struct symbols *symbols, struct trace_writer *writer);
/* A line of a SYMBOLS chunk, its first word apart; the payload of a CODE chunk. Nonsense is left out. */
void symbols_take_line(struct symbols *symbols, const char *address, const char *rest);
void symbols_take_code(struct symbols *symbols, const uint8_t *payload, size_t payload_sz);

/* --- whose addresses are printed --------------------------------------------------------- */

/* From now on guest addresses have these names, or those that are preferred; NULL: none. They outlive that. */
void symbols_use(struct symbols *symbols);
void symbols_prefer(struct symbols *symbols);
struct symbols *symbols_in_use(void);
/* symbols_find in those in use. */
const char *symbols_name(uint64_t address, uint64_t *offset);

#endif
