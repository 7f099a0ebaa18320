/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Many growing streams of bytes in one nameless temporary file, with little memory for each. What
 * was written can be changed later, and is read once, from the begin, when all is written.
 */
#ifndef KVMTREE_SPOOL_H
#define KVMTREE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spool {
	int fd;	      /* -1: all fits into the buffers so far */
	uint64_t end; /* of the file */
	int err;      /* the first -errno: the streams are worth nothing after it */
};

struct spool_stream {
	struct spool *spool;
	uint8_t *buffer;
	size_t room, used;
	uint64_t *extents; /* where in the file each `room` bytes of the stream are */
	size_t extent_cnt, extent_room;
	uint64_t read_at;      /* of what is to come into the window */
	const uint8_t *window; /* of the buffer: what is to be read next */
	size_t window_sz;
};

void spool_init(struct spool *spool);
void spool_release(struct spool *spool);

/* A stream whose buffer has `room` bytes. False: no memory. */
bool spool_stream_init(struct spool_stream *stream, struct spool *spool, size_t room);
void spool_stream_release(struct spool_stream *stream);

/* Bytes written so far: where the next ones go. */
uint64_t spool_stream_end(const struct spool_stream *stream);
void spool_append(struct spool_stream *stream, const void *bytes, size_t sz);
/* Overwrites bytes that were appended. */
void spool_patch(struct spool_stream *stream, uint64_t at, const void *bytes, size_t sz);

/* Before the first read; nothing is written after it. */
void spool_rewind(struct spool_stream *stream);
/* The next sz bytes; false: there are no more. */
bool spool_read(struct spool_stream *stream, void *bytes, size_t sz);

#endif
