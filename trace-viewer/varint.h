/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Numbers of variable length, as EVENTS chunks hold them (trace_format.h). */
#ifndef KVMTREE_VARINT_H
#define KVMTREE_VARINT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define VARINT_SZ_MAX 10

static inline uint64_t zigzag(uint64_t delta)
{
	return (delta << 1) ^ -(delta >> 63);
}

static inline uint64_t unzigzag(uint64_t coded)
{
	return (coded >> 1) ^ -(coded & 1);
}

/* Writes at most VARINT_SZ_MAX bytes; returns where the next one goes. */
static inline uint8_t *varint_put(uint8_t *out, uint64_t value)
{
	while (value >= 0x80) {
		*out++ = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	*out++ = (uint8_t)value;
	return out;
}

/*
 * Reads one whose eight bytes from p on are all there, without a branch for each byte; returns how many bytes
 * it has, or 0: more than eight.
 */
static inline uint32_t varint_get_word(const uint8_t *p, uint64_t *value)
{
	uint64_t word, last;

	memcpy(&word, p, sizeof(word));
	last = ~word & 0x8080808080808080; /* the lowest bit here is that of its last byte */
	if (!last)
		return 0;
	word &= (last ^ (last - 1)) & 0x7f7f7f7f7f7f7f7f;
	word = (word & 0x007f007f007f007f) | (word & 0x7f007f007f007f00) >> 1;
	word = (word & 0x00003fff00003fff) | (word & 0x3fff00003fff0000) >> 2;
	*value = (word & 0x0fffffff) | word >> 32 << 28;
	return ((uint32_t)__builtin_ctzll(last) + 1) / 8;
}

/* Reads one from [*in, end); false when it does not end there or is longer than 64 bits. */
static inline bool varint_get(const uint8_t **in, const uint8_t *end, uint64_t *value)
{
	const uint8_t *p = *in;
	uint64_t sum = 0;

	if (p < end && *p < 0x80) { /* most are small */
		*value = *p;
		*in = p + 1;
		return true;
	}
	if (end - p >= 8) {
		uint32_t sz = varint_get_word(p, value);

		*in = p + sz;
		if (sz)
			return true;
	}
	for (unsigned int shift = 0; p < end && shift < 64; shift += 7) {
		uint8_t byte = *p++;

		if (shift == 63 && byte > 1)
			return false;
		sum |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*value = sum;
			*in = p;
			return true;
		}
	}
	return false;
}

#endif
