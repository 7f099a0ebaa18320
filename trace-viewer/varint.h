/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Numbers of variable length, as EVENTS chunks hold them (trace_format.h). */
#ifndef KVMTREE_VARINT_H
#define KVMTREE_VARINT_H

#include <stdbool.h>
#include <stdint.h>

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
