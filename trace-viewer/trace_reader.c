/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The trace file as a sequence of items: chunks found, checked, inflated and taken apart. */
#include "trace-viewer/trace_reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "trace-viewer/func_rows.h"
#include "trace-viewer/text.h"
#include "trace-viewer/trace_format.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "headers are read as they lie");

#define WINDOW_SZ (64u << 10)
#define SKIP_MAX  (1ull << 40) /* a file of zeroes ends somewhere */

struct trace_reader {
	trace_read_fn *read;
	void *owner;
	int read_err;

	/* bytes [window_at, window_end) of the file's stream are here, unread */
	uint8_t *window;
	size_t window_at, window_end;
	uint64_t byte; /* in the file, of window[window_at] */

	uint8_t *stored, *raw; /* as large as a chunk needed so far, TRACE_PAYLOAD_MAX at most */
	size_t stored_room, raw_room;
	struct trace_chunk_header chunk;
	size_t raw_at; /* text chunks: the line to come */
	bool is_events;
	uint32_t chunk_record_cnt;
	uint64_t chunk_unknown_cnt;

	struct schema *schema;
	struct decoder *decoder;
	struct func_rows *funcs;

	bool has_end, is_done;
	struct trace_ending ending;
	char gap_text[200];
};

/* --- bytes ---------------------------------------------------------------- */

/* Tries to have `want` bytes (at most WINDOW_SZ) in the window; says how many there are. */
static size_t window_fill(struct trace_reader *rd, size_t want)
{
	if (rd->window_end - rd->window_at >= want)
		return rd->window_end - rd->window_at;
	memmove(rd->window, rd->window + rd->window_at, rd->window_end - rd->window_at);
	rd->window_end -= rd->window_at;
	rd->window_at = 0;
	while (rd->window_end < want) {
		ssize_t n = rd->read(rd->owner, rd->window + rd->window_end,
				     WINDOW_SZ - rd->window_end);

		if (n < 0)
			rd->read_err = (int)-n;
		if (n <= 0)
			break;
		rd->window_end += (size_t)n;
	}
	return rd->window_end;
}

static void window_drop(struct trace_reader *rd, size_t sz)
{
	rd->window_at += sz;
	rd->byte += sz;
}

/* Takes so many bytes into `to`; returns how many the file still had. */
static size_t bytes_take(struct trace_reader *rd, uint8_t *to, size_t sz)
{
	size_t done = 0;

	while (done < sz) {
		size_t want = sz - done < WINDOW_SZ ? sz - done : WINDOW_SZ;
		size_t has = window_fill(rd, want);

		if (has > sz - done)
			has = sz - done;
		if (!has)
			break;
		memcpy(to + done, rd->window + rd->window_at, has);
		window_drop(rd, has);
		done += has;
	}
	return done;
}

/* --- the file header ------------------------------------------------------ */

static bool header_check(struct trace_reader *rd, char *why, size_t why_sz)
{
	struct trace_file_header header;
	size_t has = window_fill(rd, sizeof(header));
	size_t magic_sz = has < TRACE_MAGIC_SZ ? has : TRACE_MAGIC_SZ;

	if (rd->read_err) {
		snprintf(why, why_sz, "cannot be read: %s", strerror(rd->read_err));
		return false;
	}
	if (!has) {
		snprintf(why, why_sz, "is empty: the recorder wrote nothing; record again");
		return false;
	}
	memset(&header, 0, sizeof(header));
	memcpy(&header, rd->window, has < sizeof(header) ? has : sizeof(header));
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
	if (header.crc != crc32(0, rd->window, offsetof(struct trace_file_header, crc)) ||
	    header.header_sz < sizeof(header) || header.header_sz > WINDOW_SZ) {
		snprintf(why, why_sz, "has a damaged header (checksum): copy it again, or record again");
		return false;
	}
	has = window_fill(rd, header.header_sz);
	window_drop(rd, has < header.header_sz ? has : header.header_sz);
	return true;
}

struct trace_reader *trace_reader_new(trace_read_fn *read, void *owner, char *why, size_t why_sz)
{
	struct trace_reader *rd = calloc(1, sizeof(*rd));

	if (rd) {
		rd->read = read;
		rd->owner = owner;
		rd->window = malloc(WINDOW_SZ);
		rd->funcs = func_rows_new();
	}
	if (!rd || !rd->window || !rd->funcs)
		snprintf(why, why_sz, "no memory to read it");
	else if (header_check(rd, why, why_sz))
		return rd;
	trace_reader_free(rd);
	return NULL;
}

void trace_reader_free(struct trace_reader *rd)
{
	if (!rd)
		return;
	decoder_free(rd->decoder);
	schema_free(rd->schema);
	func_rows_free(rd->funcs);
	free(rd->raw);
	free(rd->stored);
	free(rd->window);
	free(rd);
}

/* --- gaps and the end ----------------------------------------------------- */

static int gap(struct trace_reader *rd, struct trace_item *item, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static int gap(struct trace_reader *rd, struct trace_item *item, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rd->gap_text, sizeof(rd->gap_text), fmt, ap);
	va_end(ap);
	rd->ending.gap_cnt++;
	item->kind = TRACE_ITEM_GAP;
	item->text = rd->gap_text;
	return 1;
}

/* The file has no further whole chunk. */
static int finish(struct trace_reader *rd, const char *what)
{
	struct trace_ending *end = &rd->ending;

	rd->is_done = true;
	end->in_order = rd->has_end && !what && !rd->read_err;
	if (rd->read_err)
		snprintf(end->text, sizeof(end->text), "cannot be read beyond byte %llu: %s",
			 (unsigned long long)rd->byte, strerror(rd->read_err));
	else if (what)
		snprintf(end->text, sizeof(end->text), "ends after %llu chunks at byte %llu: %s; "
						       "the recorder was killed or the disk was full",
			 (unsigned long long)end->chunk_cnt, (unsigned long long)end->byte, what);
	else if (!rd->has_end)
		snprintf(end->text, sizeof(end->text), "ends after %llu chunks at byte %llu: the "
						       "recording did not end in order; the recorder was killed",
			 (unsigned long long)end->chunk_cnt, (unsigned long long)end->byte);
	return 0;
}

/* --- chunks --------------------------------------------------------------- */

static bool chunk_is_sound(const uint8_t *at, struct trace_chunk_header *chunk)
{
	memcpy(chunk, at, sizeof(*chunk));
	return chunk->magic == TRACE_CHUNK_MAGIC && chunk->raw_sz <= TRACE_PAYLOAD_MAX &&
	       chunk->stored_sz <= TRACE_PAYLOAD_MAX &&
	       chunk->crc == crc32(0, at, offsetof(struct trace_chunk_header, crc));
}

/* Goes to the next sound chunk header: 1, or 0 at the end; *skipped counts bytes. */
static int chunk_find(struct trace_reader *rd, uint64_t *skipped)
{
	for (*skipped = 0; *skipped < SKIP_MAX; ) {
		size_t has = window_fill(rd, sizeof(struct trace_chunk_header));
		const uint8_t *at = rd->window + rd->window_at, *next;

		if (has < sizeof(struct trace_chunk_header)) {
			*skipped += has;
			return 0;
		}
		if (chunk_is_sound(at, &rd->chunk))
			return 1;
		next = memchr(at + 1, TRACE_CHUNK_MAGIC & 0xff, has - 1);
		has = next ? (size_t)(next - at) : has;
		*skipped += has;
		window_drop(rd, has);
	}
	return 0;
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

/* Brings the payload into rd->raw. Returns NULL, or what is wrong with it. */
static const char *payload_take(struct trace_reader *rd)
{
	const struct trace_chunk_header *chunk = &rd->chunk;
	uLongf raw_sz = chunk->raw_sz;

	if (!room_make(&rd->raw, &rd->raw_room, (size_t)chunk->raw_sz + 1))
		return "there is no memory for it";
	if (chunk->payload_crc != crc32(0, rd->stored, chunk->stored_sz))
		return "its checksum is wrong";
	if (chunk->flags & TRACE_CHUNK_STORED) {
		if (chunk->raw_sz != chunk->stored_sz)
			return "its sizes disagree";
		memcpy(rd->raw, rd->stored, chunk->raw_sz);
	} else if (uncompress(rd->raw, &raw_sz, rd->stored, chunk->stored_sz) != Z_OK ||
		   raw_sz != chunk->raw_sz) {
		return "it does not inflate to its size";
	}
	rd->raw[chunk->raw_sz] = '\0'; /* text is a string */
	return NULL;
}

static const char *schema_take(struct trace_reader *rd)
{
	const char *why;

	if (rd->schema)
		return NULL; /* the first one holds: decoders stand on it */
	rd->schema = schema_parse((const char *)rd->raw, rd->chunk.raw_sz, &why);
	if (!rd->schema)
		return why;
	rd->decoder = decoder_new(rd->schema);
	return rd->decoder ? NULL : "no memory";
}

/* Prepares to hand out what the chunk in rd->raw holds. */
static const char *chunk_open(struct trace_reader *rd)
{
	rd->raw_at = 0;
	rd->is_events = false;
	rd->chunk_record_cnt = 0;
	switch (rd->chunk.type) {
	case TRACE_CHUNK_EVENTS:
		if (!rd->decoder)
			return "its records came before their schema";
		decoder_start(rd->decoder, rd->raw, rd->chunk.raw_sz, rd->chunk.time_first_ns);
		rd->chunk_unknown_cnt = decoder_unknown_cnt(rd->decoder);
		rd->is_events = true;
		return NULL;
	case TRACE_CHUNK_SCHEMA:
		rd->raw_at = rd->chunk.raw_sz;
		return schema_take(rd);
	case TRACE_CHUNK_END:
		rd->has_end = true;
		return NULL;
	case TRACE_CHUNK_META:
	case TRACE_CHUNK_FUNCS:
	case TRACE_CHUNK_SYMBOLS:
	case TRACE_CHUNK_CODE:
		return NULL;
	default: /* of a later minor version */
		rd->raw_at = rd->chunk.raw_sz;
		return NULL;
	}
}

/* Goes to the next chunk: 1 with a gap in item, 2 when the chunk is open, 0 at the end. */
static int chunk_next(struct trace_reader *rd, struct trace_item *item)
{
	uint64_t at = rd->byte, skipped;
	int found = chunk_find(rd, &skipped);
	const char *why;

	if (!found) {
		rd->raw_at = rd->chunk.raw_sz = 0;
		return finish(rd, skipped ? "torn chunk" : NULL);
	}
	if (skipped) {
		rd->raw_at = rd->chunk.raw_sz = 0;
		return gap(rd, item, "%llu bytes at byte %llu are no chunk: what they held is missing",
			   (unsigned long long)skipped, (unsigned long long)at);
	}
	window_drop(rd, sizeof(rd->chunk));
	if (!room_make(&rd->stored, &rd->stored_room, (size_t)rd->chunk.stored_sz + 1))
		return finish(rd, "no memory for the next chunk");
	if (bytes_take(rd, rd->stored, rd->chunk.stored_sz) < rd->chunk.stored_sz)
		return finish(rd, "torn chunk");
	rd->ending.chunk_cnt++;
	rd->ending.byte = rd->byte;
	why = payload_take(rd);
	if (!why)
		why = chunk_open(rd);
	if (!why)
		return 2;
	rd->raw_at = rd->chunk.raw_sz;
	rd->is_events = false;
	return gap(rd, item, "chunk %llu at byte %llu is damaged, %s: %u records are missing",
		   (unsigned long long)rd->ending.chunk_cnt, (unsigned long long)at, why,
		   rd->chunk.record_cnt);
}

/* --- what chunks hold ----------------------------------------------------- */

/* The next record of an open EVENTS chunk: 1; 0 when the chunk is used up. */
static int record_next(struct trace_reader *rd, struct trace_item *item)
{
	const char *why;
	uint64_t done;
	int n = decoder_next(rd->decoder, &item->rec, &why);

	if (n > 0) {
		item->kind = TRACE_ITEM_RECORD;
		rd->chunk_record_cnt++;
		rd->ending.record_cnt++;
		return 1;
	}
	rd->is_events = false;
	rd->raw_at = rd->chunk.raw_sz;
	done = rd->chunk_record_cnt + decoder_unknown_cnt(rd->decoder) - rd->chunk_unknown_cnt;
	if (n < 0)
		return gap(rd, item, "chunk %llu holds %s: %llu of its %u records were read",
			   (unsigned long long)rd->ending.chunk_cnt, why, (unsigned long long)done,
			   rd->chunk.record_cnt);
	if (done != rd->chunk.record_cnt)
		return gap(rd, item, "chunk %llu promises %u records and holds %llu",
			   (unsigned long long)rd->ending.chunk_cnt, rd->chunk.record_cnt,
			   (unsigned long long)done);
	return 0;
}

static enum trace_item_kind line_kind(uint16_t type)
{
	return type == TRACE_CHUNK_END ? TRACE_ITEM_END :
	       type == TRACE_CHUNK_SYMBOLS ? TRACE_ITEM_SYMBOL : TRACE_ITEM_META;
}

static int code_next(struct trace_reader *rd, struct trace_item *item)
{
	if (rd->raw_at == rd->chunk.raw_sz)
		return 0;
	item->kind = TRACE_ITEM_CODE;
	item->bytes = rd->raw;
	item->bytes_sz = rd->raw_at = rd->chunk.raw_sz;
	return 1;
}

/* The next line of an open text chunk: 1; 0 when the chunk is used up. */
static int line_next(struct trace_reader *rd, struct trace_item *item)
{
	while (rd->raw_at < rd->chunk.raw_sz) {
		char *line = (char *)rd->raw + rd->raw_at;
		char *end = memchr(line, '\n', rd->chunk.raw_sz - rd->raw_at);
		char *value;

		rd->raw_at = end ? (size_t)(end + 1 - (char *)rd->raw) : rd->chunk.raw_sz;
		if (end)
			*end = '\0';
		if (rd->chunk.type == TRACE_CHUNK_FUNCS) {
			item->func = func_rows_add(rd->funcs, line);
			item->kind = TRACE_ITEM_FUNC;
			if (item->func)
				return 1;
			continue;
		}
		text_make_safe(line);
		value = strchr(line, ' ');
		if (!*line)
			continue;
		if (value)
			*value++ = '\0';
		item->kind = line_kind(rd->chunk.type);
		item->key = line;
		item->value = value ? value : "";
		return 1;
	}
	return 0;
}

int trace_reader_next(struct trace_reader *rd, struct trace_item *item)
{
	memset(item, 0, sizeof(*item));
	while (!rd->is_done) {
		int n;

		if (rd->is_events)
			n = record_next(rd, item);
		else if (rd->chunk.type == TRACE_CHUNK_CODE)
			n = code_next(rd, item);
		else
			n = line_next(rd, item);
		if (n)
			return n;
		n = chunk_next(rd, item);
		if (n < 2)
			return n;
	}
	return 0;
}

const struct trace_ending *trace_reader_ending(const struct trace_reader *rd)
{
	struct trace_ending *end = (struct trace_ending *)&rd->ending;

	end->unknown_cnt = rd->decoder ? decoder_unknown_cnt(rd->decoder) : 0;
	return end;
}

ssize_t trace_read_memory(void *memory, void *buf, size_t sz)
{
	struct trace_memory *mem = memory;
	size_t n = sz < mem->bytes_sz ? sz : mem->bytes_sz;

	memcpy(buf, mem->bytes, n);
	mem->bytes += n;
	mem->bytes_sz -= n;
	return (ssize_t)n;
}
