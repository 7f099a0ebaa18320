/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Chunks found in a stream of bytes, checked and inflated. */
#include "trace-viewer/chunk_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "headers are read as they lie");

#define WINDOW_SZ (64u << 10)
#define SKIP_MAX  (1ull << 40) /* a file of zeroes ends somewhere */

struct chunk_file {
	trace_read_fn *read;
	void *owner;
	int read_err;

	/* bytes [window_at, window_end) of the file's stream are here, unread */
	uint8_t *window;
	size_t window_at, window_end;
	uint64_t byte; /* in the file, of window[window_at] */

	uint8_t *stored; /* as large as a chunk needed so far */
	size_t stored_room;
};

/* --- bytes ---------------------------------------------------------------- */

/* Tries to have `want` bytes (at most WINDOW_SZ) in the window; says how many there are. */
static size_t window_fill(struct chunk_file *file, size_t want)
{
	if (file->window_end - file->window_at >= want)
		return file->window_end - file->window_at;
	memmove(file->window, file->window + file->window_at, file->window_end - file->window_at);
	file->window_end -= file->window_at;
	file->window_at = 0;
	while (file->window_end < want) {
		ssize_t n = file->read(file->owner, file->window + file->window_end,
				       WINDOW_SZ - file->window_end);

		if (n < 0)
			file->read_err = (int)-n;
		if (n <= 0)
			break;
		file->window_end += (size_t)n;
	}
	return file->window_end;
}

static void window_drop(struct chunk_file *file, size_t sz)
{
	file->window_at += sz;
	file->byte += sz;
}

/* Takes so many bytes into `to`; returns how many the file still had. */
static size_t bytes_take(struct chunk_file *file, uint8_t *to, size_t sz)
{
	size_t done = 0;

	while (done < sz) {
		size_t want = sz - done < WINDOW_SZ ? sz - done : WINDOW_SZ;
		size_t has = window_fill(file, want);

		if (has > sz - done)
			has = sz - done;
		if (!has)
			break;
		memcpy(to + done, file->window + file->window_at, has);
		window_drop(file, has);
		done += has;
	}
	return done;
}

/* --- the file header ------------------------------------------------------ */

static bool header_check(struct chunk_file *file, char *why, size_t why_sz)
{
	struct trace_file_header header;
	size_t has = window_fill(file, sizeof(header));
	size_t magic_sz = has < TRACE_MAGIC_SZ ? has : TRACE_MAGIC_SZ;

	if (file->read_err) {
		snprintf(why, why_sz, "cannot be read: %s", strerror(file->read_err));
		return false;
	}
	if (!has) {
		snprintf(why, why_sz, "is empty: the recorder wrote nothing; record again");
		return false;
	}
	memset(&header, 0, sizeof(header));
	memcpy(&header, file->window, has < sizeof(header) ? has : sizeof(header));
	if (memcmp(header.magic, TRACE_MAGIC, magic_sz)) {
		snprintf(why, why_sz, "is not a kvmtree recording: make one with "
				      "`kvmtree record -- COMMAND`");
		return false;
	}
	if (has < sizeof(header)) {
		snprintf(why, why_sz, "ends in its header: nothing was recorded; record again");
		return false;
	}
	if (header.version_major > TRACE_VERSION_MAJOR) {
		snprintf(why, why_sz, "is of format version %u, this kvmtree reads up to %u: "
				      "use the kvmtree that recorded it, or a newer one",
			 header.version_major, TRACE_VERSION_MAJOR);
		return false;
	}
	if (header.crc != crc32(0, file->window, offsetof(struct trace_file_header, crc)) ||
	    header.header_sz < sizeof(header) || header.header_sz > WINDOW_SZ) {
		snprintf(why, why_sz, "has a damaged header (checksum): copy it again, or record again");
		return false;
	}
	has = window_fill(file, header.header_sz);
	window_drop(file, has < header.header_sz ? has : header.header_sz);
	return true;
}

struct chunk_file *chunk_file_new(trace_read_fn *read, void *owner, char *why, size_t why_sz)
{
	struct chunk_file *file = calloc(1, sizeof(*file));

	if (file) {
		file->read = read;
		file->owner = owner;
		file->window = malloc(WINDOW_SZ);
	}
	if (!file || !file->window)
		snprintf(why, why_sz, "no memory to read it");
	else if (header_check(file, why, why_sz))
		return file;
	chunk_file_free(file);
	return NULL;
}

void chunk_file_free(struct chunk_file *file)
{
	if (!file)
		return;
	free(file->stored);
	free(file->window);
	free(file);
}

/* --- chunks --------------------------------------------------------------- */

static bool chunk_is_sound(const uint8_t *at, struct trace_chunk_header *header)
{
	memcpy(header, at, sizeof(*header));
	return header->magic == TRACE_CHUNK_MAGIC && header->raw_sz <= TRACE_PAYLOAD_MAX &&
	       header->stored_sz <= TRACE_PAYLOAD_MAX &&
	       header->crc == crc32(0, at, offsetof(struct trace_chunk_header, crc));
}

/* Goes to the next sound chunk header: false at the end; *skipped counts bytes. */
static bool chunk_find(struct chunk_file *file, struct trace_chunk_header *header, uint64_t *skipped)
{
	for (*skipped = 0; *skipped < SKIP_MAX; ) {
		size_t has = window_fill(file, sizeof(*header));
		const uint8_t *at = file->window + file->window_at, *next;

		if (has < sizeof(*header)) {
			*skipped += has;
			return false;
		}
		if (chunk_is_sound(at, header))
			return true;
		next = memchr(at + 1, TRACE_CHUNK_MAGIC & 0xff, has - 1);
		has = next ? (size_t)(next - at) : has;
		*skipped += has;
		window_drop(file, has);
	}
	return false;
}

static bool room_make(uint8_t **at, size_t *room, size_t sz)
{
	uint8_t *more;

	if (sz <= *room)
		return true;
	more = realloc(*at, sz);
	if (!more)
		return false;
	*at = more;
	*room = sz;
	return true;
}

/* Brings the payload into chunk->raw. Returns NULL, or what is wrong with it. */
static const char *payload_inflate(const struct chunk_file *file, struct chunk *chunk)
{
	const struct trace_chunk_header *header = &chunk->header;
	uLongf raw_sz = header->raw_sz;

	if (!room_make(&chunk->raw, &chunk->raw_room, (size_t)header->raw_sz + 1))
		return "there is no memory for it";
	if (header->payload_crc != crc32(0, file->stored, header->stored_sz))
		return "its checksum is wrong";
	if (header->flags & TRACE_CHUNK_STORED) {
		if (header->raw_sz != header->stored_sz)
			return "its sizes disagree";
		memcpy(chunk->raw, file->stored, header->raw_sz);
	} else if (uncompress(chunk->raw, &raw_sz, file->stored, header->stored_sz) != Z_OK ||
		   raw_sz != header->raw_sz) {
		return "it does not inflate to its size";
	}
	chunk->raw[header->raw_sz] = '\0'; /* text is a string */
	return NULL;
}

static void chunk_none(const struct chunk_file *file, struct chunk *chunk, const char *damage)
{
	chunk->kind = CHUNK_NONE;
	chunk->damage = damage;
	chunk->read_err = file->read_err;
	chunk->end = file->byte;
}

void chunk_file_next(struct chunk_file *file, struct chunk *chunk)
{
	const struct trace_chunk_header *header = &chunk->header;
	uint64_t skipped;

	chunk->at = file->byte;
	if (!chunk_find(file, &chunk->header, &skipped)) {
		chunk_none(file, chunk, skipped ? "torn chunk" : NULL);
		return;
	}
	if (skipped) {
		chunk->kind = CHUNK_SKIPPED;
		chunk->end = file->byte;
		return;
	}
	window_drop(file, sizeof(*header));
	if (!room_make(&file->stored, &file->stored_room, (size_t)header->stored_sz + 1)) {
		chunk_none(file, chunk, "no memory for the next chunk");
		return;
	}
	if (bytes_take(file, file->stored, header->stored_sz) < header->stored_sz) {
		chunk_none(file, chunk, "torn chunk");
		return;
	}
	chunk->end = file->byte;
	chunk->damage = payload_inflate(file, chunk);
	chunk->kind = chunk->damage ? CHUNK_DAMAGED : CHUNK_SOUND;
}
