/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the offloads of the transmitter: pure functions of a frame and a context. */
#include <string.h>

#include "vmm/devices/e1000_offload.h"

/* In the headers that segmentation changes. */
#define IPV4_LENGTH	2
#define IPV4_ID		4
#define IPV6_LENGTH	4
#define IPV6_HEADER_LEN 40
#define TCP_SEQUENCE	4
#define TCP_FLAGS	13
#define TCP_FIN_AND_PSH 0x09
#define TCP_HEADER_LEN	20
#define UDP_LENGTH	4
#define UDP_HEADER_LEN	8

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void put16(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static void add32(uint8_t *p, uint32_t n)
{
	uint32_t value = ((uint32_t)get16(p) << 16 | get16(p + 2)) + n;

	put16(p, value >> 16);
	put16(p + 2, value);
}

/* The sum of big-endian words; a last odd byte counts as the high half of one. */
static uint64_t add_words(uint64_t sum, const uint8_t *p, size_t len)
{
	for (; len >= 2; p += 2, len -= 2)
		sum += get16(p);
	return len ? sum + ((uint32_t)*p << 8) : sum;
}

static uint16_t fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

void offload_checksum(uint8_t *frame, size_t len, size_t start, size_t end, size_t at)
{
	size_t past = end && end < len ? end + 1 : len;

	if (start < past && at + 2 <= len)
		put16(frame + at, fold(add_words(0, frame + start, past - start)));
}

/* Has the header room for all that is changed in it, and do 16-bit words end where it ends? */
static bool header_fits(const struct e1000_context *c, bool sum_ip, bool sum_l4)
{
	size_t l4_len = c->is_tcp ? TCP_HEADER_LEN : UDP_HEADER_LEN;

	return c->ip_start + IPV6_LENGTH + 2u <= c->l4_start &&
	       c->l4_start + l4_len <= c->header_len && (c->header_len - c->l4_start) % 2 == 0 &&
	       (!sum_ip || c->ip_sum + 2u <= c->header_len) &&
	       (!sum_l4 || c->l4_sum + 2u <= c->header_len);
}

/* IP: the length of this segment, and for version 4 its number. The driver left the checksum 0. */
static void fix_ip(const struct e1000_context *c, uint8_t *header, size_t len, size_t i, bool sum)
{
	uint8_t *ip = header + c->ip_start;

	if (c->is_ipv4) {
		put16(ip + IPV4_LENGTH, (uint32_t)(c->header_len + len - c->ip_start));
		put16(ip + IPV4_ID, get16(ip + IPV4_ID) + (uint32_t)i);
	} else {
		put16(ip + IPV6_LENGTH,
		      (uint32_t)(c->header_len + len - c->ip_start - IPV6_HEADER_LEN));
	}
	if (sum)
		offload_checksum(header, c->header_len, c->ip_start, c->ip_end, c->ip_sum);
}

/*
 * TCP: where the segment is in the stream; only the last one ends it. The driver left in the
 * place of the checksum the sum of the pseudo-header without the length, as only we know it.
 */
static void fix_l4(const struct e1000_context *c, uint8_t *header, const uint8_t *data, size_t len,
		   size_t done, bool is_last, bool sum)
{
	uint8_t *l4 = header + c->l4_start;
	size_t header_len = c->header_len - c->l4_start;
	uint64_t total;

	if (c->is_tcp) {
		add32(l4 + TCP_SEQUENCE, (uint32_t)done);
		if (!is_last)
			l4[TCP_FLAGS] &= (uint8_t)~TCP_FIN_AND_PSH;
	} else {
		put16(l4 + UDP_LENGTH, (uint32_t)(header_len + len));
	}
	if (!sum)
		return;
	total = add_words(header_len + len, l4, header_len);
	put16(header + c->l4_sum, fold(add_words(total, data, len)));
}

bool offload_segment(const struct e1000_context *c, const uint8_t *frame, size_t len, bool sum_ip,
		     bool sum_l4, offload_emit_fn *emit, void *owner)
{
	size_t data_len = len - c->header_len, cnt;

	if (len < c->header_len || !c->mss || !header_fits(c, sum_ip, sum_l4))
		return false;
	cnt = data_len ? (data_len + c->mss - 1) / c->mss : 1;
	if (cnt > OFFLOAD_SEGMENTS_MAX)
		return false;
	for (size_t i = 0, done = 0; i < cnt; i++) {
		const uint8_t *data = frame + c->header_len + done;
		size_t part = data_len - done < c->mss ? data_len - done : c->mss;
		uint8_t header[UINT8_MAX];

		memcpy(header, frame, c->header_len);
		fix_ip(c, header, part, i, sum_ip);
		fix_l4(c, header, data, part, done, i + 1 == cnt, sum_l4);
		emit(owner, header, c->header_len, data, part);
		done += part;
	}
	return true;
}
