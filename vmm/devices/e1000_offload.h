/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the card computes for the driver: checksums, and the cut of a large frame into segments. */
#ifndef VMM_E1000_OFFLOAD_H
#define VMM_E1000_OFFLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More segments of one frame are not made: it is dropped. Linux makes up to 47. */
#define OFFLOAD_SEGMENTS_MAX 256

/* What a context descriptor says (manual, 3.3.6). Offsets are from the start of the frame. */
struct e1000_context {
	uint8_t ip_start, ip_sum; /* where the IP header begins, and where its checksum goes */
	uint16_t ip_end;	  /* the last byte summed; 0: the end of the frame */
	uint8_t l4_start, l4_sum; /* the same for TCP or UDP */
	uint16_t l4_end;
	uint8_t header_len; /* segmentation: the bytes that go before each segment, */
	uint16_t mss;	    /* and the bytes of data in each */
	bool is_ipv4, is_tcp;
};

/*
 * Puts the Internet checksum (RFC 1071) of bytes start to end (inclusive; 0: the last) to offset
 * at. What does not lie in the frame is left undone, as the card has no way to complain.
 */
void offload_checksum(uint8_t *frame, size_t len, size_t start, size_t end, size_t at);

/* One segment: the header (ours, for the call) and its part of the frame's data. */
typedef void offload_emit_fn(void *owner, const uint8_t *header, size_t header_len,
			     const uint8_t *data, size_t len);

/*
 * Cuts a frame, header_len bytes of header before its data, into segments of mss bytes each with
 * a header of its own, and emits them in order. sum_ip, sum_l4: with checksums. False: it cannot
 * be cut, and nothing was emitted.
 */
bool offload_segment(const struct e1000_context *context, const uint8_t *frame, size_t len,
		     bool sum_ip, bool sum_l4, offload_emit_fn *emit, void *owner);

#endif
