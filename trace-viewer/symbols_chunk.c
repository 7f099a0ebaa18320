/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The guest's symbols and code inside a recording, which a reader need not have the files for. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/symbols.h"
#include "trace-viewer/trace_format.h"
#include "trace-viewer/trace_writer.h"

#define NAMES_SZ      (1u << 20)
#define PIECE_SZ      (1u << 20)
#define OVERLAP_SZ    15u	    /* an instruction is no longer */
#define CODE_MAX      (32u << 20)   /* of a recording, on both sides: a kernel's text is half of it */
#define NAMES_MAX     (256u << 10)

struct names {
	struct trace_writer *writer;
	char *at;
	size_t sz, cnt;
	int err;
};

static void names_flush(struct names *n)
{
	if (n->sz && !n->err)
		n->err = trace_writer_text(n->writer, TRACE_CHUNK_SYMBOLS, n->at, n->sz);
	n->sz = 0;
}

static void name_write(void *owner, uint64_t address, uint64_t size, const char *name)
{
	struct names *n = owner;

	if (n->cnt++ >= NAMES_MAX)
		return;
	if (NAMES_SZ - n->sz < SYMBOL_NAME_MAX + 64)
		names_flush(n);
	n->sz += (size_t)snprintf(n->at + n->sz, NAMES_SZ - n->sz, "%" PRIx64 " %" PRIx64 " %s\n", address,
				  size, name);
}

struct pieces {
	struct trace_writer *writer;
	uint8_t *at;
	uint32_t bits;
	size_t sum_sz;
	int err;
};

static void code_write(void *owner, uint64_t address, uint64_t physical, const uint8_t *bytes, size_t sz)
{
	struct pieces *p = owner;

	for (size_t at = 0; at < sz && !p->err && p->sum_sz < CODE_MAX; at += PIECE_SZ) {
		const size_t piece_sz = sz - at < PIECE_SZ + OVERLAP_SZ ? sz - at : PIECE_SZ + OVERLAP_SZ;
		const struct trace_code_header header = { .address = address + at,
							  .physical = physical + at, .bits = p->bits };

		memcpy(p->at, &header, sizeof(header));
		memcpy(p->at + sizeof(header), bytes + at, piece_sz);
		p->err = trace_writer_text(p->writer, TRACE_CHUNK_CODE, (const char *)p->at,
					   sizeof(header) + piece_sz);
		p->sum_sz += piece_sz;
	}
}

int symbols_write(struct symbols *symbols, struct trace_writer *writer)
{
	struct names n = { .writer = writer, .at = malloc(NAMES_SZ) };
	struct pieces p = { .writer = writer, .bits = symbols_bits(symbols),
			    .at = malloc(sizeof(struct trace_code_header) + PIECE_SZ + OVERLAP_SZ) };

	if (!n.at || !p.at) {
		n.err = -ENOMEM;
	} else {
		symbols_each(symbols, name_write, &n);
		names_flush(&n);
		if (!n.err)
			symbols_each_code(symbols, code_write, &p);
	}
	free(n.at);
	free(p.at);
	return n.err ? n.err : p.err;
}

void symbols_take_line(struct symbols *symbols, const char *address, const char *rest)
{
	char *end;
	uint64_t at = strtoull(address, &end, 16), size;

	if (end == address || *end || symbols_cnt(symbols) >= NAMES_MAX)
		return;
	size = strtoull(rest, &end, 16);
	if (end != rest && *end == ' ')
		symbols_add(symbols, at, size, end + 1, strlen(end + 1));
}

static void sum_up(void *owner, uint64_t address, uint64_t physical, const uint8_t *bytes, size_t sz)
{
	(void)address;
	(void)physical;
	(void)bytes;
	*(size_t *)owner += sz;
}

void symbols_take_code(struct symbols *symbols, const uint8_t *payload, size_t payload_sz)
{
	struct trace_code_header header;
	size_t sum_sz = 0;

	if (payload_sz <= sizeof(header))
		return;
	memcpy(&header, payload, sizeof(header));
	symbols_each_code(symbols, sum_up, &sum_sz);
	if (sum_sz >= CODE_MAX || (header.bits != 16 && header.bits != 32 && header.bits != 64))
		return;
	symbols_set_bits(symbols, header.bits);
	symbols_copy_code(symbols, header.address, header.physical, payload + sizeof(header),
			  payload_sz - sizeof(header));
}
