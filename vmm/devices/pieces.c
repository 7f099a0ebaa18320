/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the arithmetic of bytes that lie in several pieces. */
#include <string.h>

#include "vmm/devices/virtqueue.h"

uint64_t pieces_len(const struct iovec *pieces, unsigned int cnt)
{
	uint64_t len = 0;

	for (unsigned int i = 0; i < cnt; i++)
		len += pieces[i].iov_len;
	return len;
}

unsigned int pieces_cut(struct iovec *pieces, unsigned int cnt, uint64_t offset, uint64_t len)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < cnt && len; i++) {
		struct iovec piece = pieces[i];

		if (offset >= piece.iov_len) {
			offset -= piece.iov_len;
			continue;
		}
		piece.iov_base = (uint8_t *)piece.iov_base + offset;
		piece.iov_len -= offset;
		offset = 0;
		if (piece.iov_len > len)
			piece.iov_len = len;
		len -= piece.iov_len;
		pieces[kept++] = piece;
	}
	return kept;
}

enum direction { FROM_PIECES, TO_PIECES };

static size_t copy(const struct iovec *pieces, unsigned int cnt, uint64_t offset, uint8_t *buf,
		   size_t len, enum direction direction)
{
	size_t done = 0;

	for (unsigned int i = 0; i < cnt && done < len; i++) {
		uint64_t there = pieces[i].iov_len, n;
		uint8_t *at = pieces[i].iov_base;

		if (offset >= there) {
			offset -= there;
			continue;
		}
		n = there - offset < len - done ? there - offset : len - done;
		if (direction == FROM_PIECES)
			memcpy(buf + done, at + offset, n);
		else
			memcpy(at + offset, buf + done, n);
		done += n;
		offset = 0;
	}
	return done;
}

size_t pieces_read(const struct iovec *pieces, unsigned int cnt, uint64_t offset, void *to,
		   size_t len)
{
	return copy(pieces, cnt, offset, to, len, FROM_PIECES);
}

size_t pieces_write(const struct iovec *pieces, unsigned int cnt, uint64_t offset,
		    const void *from, size_t len)
{
	/* The cast is safe: nothing is written to the buffer in this direction. */
	return copy(pieces, cnt, offset, (uint8_t *)(uintptr_t)from, len, TO_PIECES);
}
