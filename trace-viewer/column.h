/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Numbers that are near to each other, as TRACE_KIND_TURNS has them (trace_format.h): the least of them, and
 * what each has beyond it, in as many bits as most of them need. Of the few that need more, the rest follows.
 */
#ifndef KVMTREE_COLUMN_H
#define KVMTREE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "trace-viewer/varint.h"

/* What column_put writes at most, for so many numbers; it may write a word beyond. */
#define COLUMN_SZ_MAX(cnt) (VARINT_SZ_MAX + 1 + (cnt) * 8 + 8)

#define COLUMN_CNT_MAX	64u
#define COLUMN_AT_BITS	6u  /* which of them */
#define COLUMN_HAS_FAR	65u /* beside the width, in one byte */
#define COLUMN_FAR_BITS 12u /* what a far number takes, about */

struct column {
	uint64_t least;
	uint64_t far;	/* bit i: of the i-th number more follows, */
	const uint8_t *fars; /* here */
	const uint8_t *bits, *end; /* of what may be read */
	uint32_t width; /* bits of each number */
};

static inline uint32_t column_bits(uint64_t number)
{
	return number ? 64 - (uint32_t)__builtin_clzll(number) : 0;
}

/* The low bits of each number; in *far which of them have more. */
static inline uint8_t *column_put_bits(uint8_t *out, const uint64_t *numbers, uint32_t cnt, uint64_t least,
				       uint32_t width, uint64_t *far)
{
	uint64_t word = 0, mask = width < 64 ? (1ull << width) - 1 : -1ull;
	uint32_t used = 0;

	*far = 0;
	for (uint32_t i = 0; width && i < cnt; i++) {
		uint64_t beyond = numbers[i] - least;

		*far |= (uint64_t)(beyond > mask) << i;
		beyond &= mask;
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

/* A bit and a half more than they have on average: a few large ones do not count for more than any other. */
static inline uint32_t column_width(const uint64_t *numbers, uint32_t cnt, uint64_t least)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < cnt; i++)
		sum += column_bits(numbers[i] - least);
	return (2 * sum + 3 * cnt) / (2 * cnt);
}

/* The least and the largest of the numbers are known. Returns where the next byte goes. */
static inline uint8_t *column_put(uint8_t *out, const uint64_t *numbers, uint32_t cnt, uint64_t least, uint64_t most)
{
	uint32_t widest = column_bits(most - least), width = widest ? column_width(numbers, cnt, least) : 0;
	uint8_t *begin = varint_put(out, least), *end;
	uint64_t far;

	if (width < widest && widest - width < 64 - COLUMN_AT_BITS) {
		end = column_put_bits(begin + 1, numbers, cnt, least, width, &far);
		if ((widest - width) * cnt > 8 + COLUMN_FAR_BITS * (uint32_t)__builtin_popcountll(far)) {
			*begin = (uint8_t)(COLUMN_HAS_FAR + width);
			*end++ = (uint8_t)__builtin_popcountll(far);
			for (; far; far &= far - 1) {
				uint32_t i = (uint32_t)__builtin_ctzll(far);

				end = varint_put(end, (numbers[i] - least) >> width << COLUMN_AT_BITS | i);
			}
			return end;
		}
	}
	*begin = (uint8_t)widest;
	return column_put_bits(begin + 1, numbers, cnt, least, widest, &far);
}

/* Of a far number its place, and what it has beyond the bits. */
static inline bool column_get_far(const uint8_t **in, const uint8_t *end, uint32_t *at, uint64_t *more)
{
	if (!varint_get(in, end, more))
		return false;
	*at = *more & ((1u << COLUMN_AT_BITS) - 1);
	*more >>= COLUMN_AT_BITS;
	return true;
}

static inline bool column_get_fars(const uint8_t **in, const uint8_t *end, uint32_t cnt, struct column *column)
{
	uint64_t far_cnt, more;
	uint32_t at;

	if (!varint_get(in, end, &far_cnt) || far_cnt > cnt)
		return false;
	column->fars = *in;
	for (; far_cnt; far_cnt--) {
		if (!column_get_far(in, end, &at, &more) || at >= cnt || column->far >> at & 1 ||
		    more > UINT64_MAX >> column->width)
			return false;
		column->far |= 1ull << at;
	}
	return true;
}

/*
 * Finds a column of `cnt` numbers, at most COLUMN_CNT_MAX, in [*in, end), which outlives it; false when it does
 * not end there.
 */
static inline bool column_get(const uint8_t **in, const uint8_t *end, uint32_t cnt, struct column *column)
{
	uint64_t width, sz;
	bool has_far;

	if (!varint_get(in, end, &column->least) || !varint_get(in, end, &width))
		return false;
	has_far = width >= COLUMN_HAS_FAR;
	width -= has_far ? COLUMN_HAS_FAR : 0;
	if (width > (has_far ? 63 : 64))
		return false;
	sz = (width * cnt + 7) / 8;
	if (sz > (uint64_t)(end - *in))
		return false;
	column->width = (uint32_t)width;
	column->bits = *in;
	column->end = end;
	column->far = 0;
	*in += sz;
	return !has_far || column_get_fars(in, end, cnt, column);
}

/* Once it has been found, what the far number at this place has beyond the bits. */
static inline uint64_t column_far(const struct column *column, uint32_t index)
{
	const uint8_t *in = column->fars;
	uint64_t more;
	uint32_t at;

	while (column_get_far(&in, column->end, &at, &more))
		if (at == index)
			return more << column->width;
	return 0;
}

static inline uint64_t column_number(const struct column *column, uint32_t index)
{
	uint64_t at = (uint64_t)index * column->width, beyond = 0, least = column->least;
	const uint8_t *from = column->bits + at / 8;

	if (column->far >> index & 1)
		least += column_far(column, index);
	if (column->width <= 64 - 7 && column->end - from >= (ptrdiff_t)sizeof(beyond)) { /* most are */
		memcpy(&beyond, from, sizeof(beyond));
		return least + (beyond >> at % 8 & ((1ull << column->width) - 1));
	}
	for (uint32_t got = 0; got < column->width;) {
		uint32_t skip = (uint32_t)((at + got) % 8), bits = 8 - skip;

		if (bits > column->width - got)
			bits = column->width - got;
		beyond |= (uint64_t)(column->bits[(at + got) / 8] >> skip & ((1u << bits) - 1)) << got;
		got += bits;
	}
	return least + beyond;
}

#endif
