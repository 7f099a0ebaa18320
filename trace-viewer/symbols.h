/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The guest's symbols: from an address that it ran at to a name. */
#ifndef KVMTREE_SYMBOLS_H
#define KVMTREE_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

struct symbols;

/*
 * Reads the symbols of an ELF file (32 or 64 bits) or of a System.map. NULL, and "what: what to do" in
 * why[why_sz], when the file has none.
 */
struct symbols *symbols_open(const char *path, char *why, size_t why_sz);
/* The same of a file's bytes. */
struct symbols *symbols_of_bytes(const uint8_t *bytes, size_t sz, char *why, size_t why_sz);
void symbols_free(struct symbols *symbols);

/* The name of what holds the address, and how far into it that is; NULL: nothing does. */
const char *symbols_find(const struct symbols *symbols, uint64_t address, uint64_t *offset);

#endif
