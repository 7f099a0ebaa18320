/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Numbers that are near to each other, as TRACE_KIND_TURNS has them (trace_format.h): the least of them, and
 * what each has beyond it, in as many bits as the largest needs.
 */
#ifndef KVMTREE_COLUMN_H
#define KVMTREE_COLUMN_H

#include <stddef.h>
#include <string.h>

#include "trace-viewer/varint.h"

/* What column_put writes at most, for so many numbers; it may write a word beyond. */
#define COLUMN_SZ_MAX(cnt) (VARINT_SZ_MAX + 1 + (cnt) * 8 + 8)

struct column {
	uint64_t least;
	uint32_t width; /* bits of each number */
	const uint8_t *bits, *end; /* of what may be read */
};

/* The least and the largest of the numbers are known. Returns where the next byte goes. */
static inline uint8_t *column_put(uint8_t *out, const uint64_t *numbers, uint32_t cnt, uint64_t least, uint64_t most)
{
	uint32_t width = most > least ? 64 - (uint32_t)__builtin_clzll(most - least) : 0, used = 0;
	uint64_t word = 0;

	out = varint_put(out, least);
	*out++ = (uint8_t)width;
	for (uint32_t i = 0; width && i < cnt; i++) {
		uint64_t beyond = numbers[i] - least;

		word |= beyond << used;
		used += width;
		if (used < 64)
			continue;
		memcpy(out, &word, sizeof(word));
		out += sizeof(word);
		used -= 64;
		word = used ? beyond >> (width - used) : 0;
	}
	memcpy(out, &word, sizeof(word));
	return out + (used + 7) / 8;
}

/* Finds a column of `cnt` numbers in [*in, end), which outlives it; false when it does not end there. */
static inline bool column_get(const uint8_t **in, const uint8_t *end, uint32_t cnt, struct column *column)
{
	uint64_t width, sz;

	if (!varint_get(in, end, &column->least) || !varint_get(in, end, &width) || width > 64)
		return false;
	sz = (width * cnt + 7) / 8;
	if (sz > (uint64_t)(end - *in))
		return false;
	column->width = (uint32_t)width;
	column->bits = *in;
	column->end = end;
	*in += sz;
	return true;
}

static inline uint64_t column_number(const struct column *column, uint32_t index)
{
	uint64_t at = (uint64_t)index * column->width, beyond = 0;
	const uint8_t *from = column->bits + at / 8;

	if (column->width <= 64 - 7 && column->end - from >= (ptrdiff_t)sizeof(beyond)) { /* most are */
		memcpy(&beyond, from, sizeof(beyond));
		return column->least + (beyond >> at % 8 & ((1ull << column->width) - 1));
	}
	for (uint32_t got = 0; got < column->width;) {
		uint32_t skip = (uint32_t)((at + got) % 8), bits = 8 - skip;

		if (bits > column->width - got)
			bits = column->width - got;
		beyond |= (uint64_t)(column->bits[(at + got) / 8] >> skip & ((1u << bits) - 1)) << got;
		got += bits;
	}
	return column->least + beyond;
}

#endif
