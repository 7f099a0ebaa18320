/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A stream is extents of the file, each as long as its buffer, and what is in the buffer. */
#include "trace-viewer/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void spool_init(struct spool *spool)
{
	*spool = (struct spool){ .fd = -1 };
}

void spool_release(struct spool *spool)
{
	if (spool->fd >= 0)
		close(spool->fd);
	spool->fd = -1;
}

static int file_open(void)
{
	const char *dir = getenv("TMPDIR");
	int fd;

	if (!dir || !*dir)
		dir = "/var/tmp"; /* it may grow large: /tmp is memory on many machines */
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return fd;
}

/* All of the bytes, or spool->err says why not. */
static void file_write(struct spool *spool, uint64_t at, const uint8_t *bytes, size_t sz)
{
	if (spool->fd < 0 && !spool->err)
		spool->fd = file_open();
	if (spool->fd < 0 && !spool->err)
		spool->err = -errno;
	while (!spool->err && sz) {
		ssize_t n = pwrite(spool->fd, bytes, sz, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			spool->err = n < 0 ? -errno : -EIO;
			return;
		}
		bytes += n;
		at += (uint64_t)n;
		sz -= (size_t)n;
	}
}

static void file_read(struct spool *spool, uint64_t at, uint8_t *bytes, size_t sz)
{
	while (!spool->err && sz) {
		ssize_t n = pread(spool->fd, bytes, sz, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			spool->err = n < 0 ? -errno : -EIO;
			return;
		}
		bytes += n;
		at += (uint64_t)n;
		sz -= (size_t)n;
	}
}

bool spool_stream_init(struct spool_stream *stream, struct spool *spool, size_t room)
{
	*stream = (struct spool_stream){ .spool = spool, .room = room };
	stream->buffer = malloc(room);
	return stream->buffer != NULL;
}

void spool_stream_release(struct spool_stream *stream)
{
	free(stream->buffer);
	free(stream->extents);
	memset(stream, 0, sizeof(*stream));
}

uint64_t spool_stream_end(const struct spool_stream *stream)
{
	return stream->extent_cnt * stream->room + stream->used;
}

/* The buffer's bytes become an extent. */
static void extent_add(struct spool_stream *stream)
{
	struct spool *spool = stream->spool;

	if (stream->extent_cnt == stream->extent_room) {
		size_t room = stream->extent_room ? 2 * stream->extent_room : 16;
		uint64_t *more = realloc(stream->extents, room * sizeof(*more));

		if (!more) {
			spool->err = -ENOMEM;
			stream->used = 0;
			return;
		}
		stream->extents = more;
		stream->extent_room = room;
	}
	file_write(spool, spool->end, stream->buffer, stream->room);
	stream->extents[stream->extent_cnt++] = spool->end;
	spool->end += stream->room;
	stream->used = 0;
}

void spool_append(struct spool_stream *stream, const void *bytes, size_t sz)
{
	const uint8_t *at = bytes;

	if (sz < stream->room - stream->used) { /* nearly always */
		memcpy(stream->buffer + stream->used, at, sz);
		stream->used += sz;
		return;
	}
	while (sz) {
		size_t room = stream->room - stream->used, n = sz < room ? sz : room;

		memcpy(stream->buffer + stream->used, at, n);
		stream->used += n;
		at += n;
		sz -= n;
		if (stream->used == stream->room)
			extent_add(stream);
	}
}

void spool_patch(struct spool_stream *stream, uint64_t at, const void *bytes, size_t sz)
{
	const uint8_t *from = bytes;

	while (sz && !stream->spool->err) {
		uint64_t extent = at / stream->room, offset = at % stream->room;
		size_t room = stream->room - offset, n = sz < room ? sz : room;

		if (extent < stream->extent_cnt)
			file_write(stream->spool, stream->extents[extent] + offset, from, n);
		else
			memcpy(stream->buffer + offset, from, n);
		at += n;
		from += n;
		sz -= n;
	}
}

void spool_rewind(struct spool_stream *stream)
{
	size_t rest = stream->used;

	/* the buffer is for reading from now on, if it is not the whole stream */
	if (stream->extent_cnt && rest) {
		memset(stream->buffer + rest, 0, stream->room - rest);
		extent_add(stream);
		stream->extent_cnt--;
		stream->used = rest;
	}
	stream->read_at = 0;
	stream->window_sz = 0;
}

/* Brings the extent where the next byte is into the buffer; false: there are no more bytes. */
static bool window_next(struct spool_stream *stream)
{
	uint64_t end = spool_stream_end(stream), extent = stream->read_at / stream->room;
	size_t offset = stream->read_at % stream->room, left = stream->room - offset;

	if (stream->read_at >= end)
		return false;
	if (stream->extents)
		file_read(stream->spool, stream->extents[extent], stream->buffer, stream->room);
	stream->window = stream->buffer + offset;
	stream->window_sz = end - stream->read_at < left ? end - stream->read_at : left;
	stream->read_at += stream->window_sz;
	return !stream->spool->err;
}

bool spool_read(struct spool_stream *stream, void *bytes, size_t sz)
{
	uint8_t *to = bytes;

	if (sz <= stream->window_sz) { /* nearly always */
		memcpy(to, stream->window, sz);
		stream->window += sz;
		stream->window_sz -= sz;
		return true;
	}
	while (sz) {
		size_t n;

		if (!stream->window_sz && !window_next(stream))
			return false;
		n = sz < stream->window_sz ? sz : stream->window_sz;
		memcpy(to, stream->window, n);
		stream->window += n;
		stream->window_sz -= n;
		to += n;
		sz -= n;
	}
	return true;
}
