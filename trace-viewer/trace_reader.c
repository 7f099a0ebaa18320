/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The trace file as a sequence of items: its chunks taken apart. */
#include "trace-viewer/trace_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/chunk_ahead.h"
#include "trace-viewer/func_rows.h"
#include "trace-viewer/text.h"

struct trace_reader {
	struct chunk_file *file;
	struct chunk_ahead *ahead; /* or NULL: the file is read when a chunk is wanted */
	struct chunk own;	   /* where it goes then */

	const struct chunk *chunk; /* the one that is open */
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

struct trace_reader *trace_reader_new(trace_read_fn *read, void *owner, char *why, size_t why_sz)
{
	struct trace_reader *rd = calloc(1, sizeof(*rd));

	if (rd)
		rd->funcs = func_rows_new();
	if (!rd || !rd->funcs)
		snprintf(why, why_sz, "no memory to read it");
	else
		rd->file = chunk_file_new(read, owner, why, why_sz);
	if (rd && rd->file) {
		rd->chunk = &rd->own;
		return rd;
	}
	trace_reader_free(rd);
	return NULL;
}

void trace_reader_ahead(struct trace_reader *rd)
{
	if (!rd->ahead)
		rd->ahead = chunk_ahead_new(rd->file);
}

void trace_reader_free(struct trace_reader *rd)
{
	if (!rd)
		return;
	chunk_ahead_free(rd->ahead);
	chunk_file_free(rd->file);
	decoder_free(rd->decoder);
	schema_free(rd->schema);
	func_rows_free(rd->funcs);
	free(rd->own.raw);
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

/* The file has no further whole chunk: returns 0. */
static int finish(struct trace_reader *rd)
{
	const struct chunk *chunk = rd->chunk;
	struct trace_ending *end = &rd->ending;

	rd->is_done = true;
	end->in_order = rd->has_end && !chunk->damage && !chunk->read_err;
	if (chunk->read_err)
		snprintf(end->text, sizeof(end->text), "cannot be read beyond byte %llu: %s",
			 (unsigned long long)chunk->end, strerror(chunk->read_err));
	else if (chunk->damage)
		snprintf(end->text, sizeof(end->text), "ends after %llu chunks at byte %llu: %s; "
						       "the recorder was killed or the disk was full",
			 (unsigned long long)end->chunk_cnt, (unsigned long long)end->byte,
			 chunk->damage);
	else if (!rd->has_end)
		snprintf(end->text, sizeof(end->text), "ends after %llu chunks at byte %llu: the "
						       "recording did not end in order; the recorder was killed",
			 (unsigned long long)end->chunk_cnt, (unsigned long long)end->byte);
	return 0;
}

/* --- chunks --------------------------------------------------------------- */

static const char *schema_take(struct trace_reader *rd)
{
	const char *why;

	if (rd->schema)
		return NULL; /* the first one holds: decoders stand on it */
	rd->schema = schema_parse((const char *)rd->chunk->raw, rd->chunk->header.raw_sz, &why);
	if (!rd->schema)
		return why;
	rd->decoder = decoder_new(rd->schema);
	return rd->decoder ? NULL : "no memory";
}

/* Prepares to hand out what the chunk holds; returns NULL, or what is wrong with it. */
static const char *chunk_open(struct trace_reader *rd)
{
	const struct trace_chunk_header *header = &rd->chunk->header;

	switch (header->type) {
	case TRACE_CHUNK_EVENTS:
		if (!rd->decoder)
			return "its records came before their schema";
		decoder_start(rd->decoder, rd->chunk->raw, header->raw_sz, header->time_first_ns);
		rd->chunk_unknown_cnt = decoder_unknown_cnt(rd->decoder);
		rd->chunk_record_cnt = 0;
		rd->is_events = true;
		return NULL;
	case TRACE_CHUNK_SCHEMA:
		return schema_take(rd);
	case TRACE_CHUNK_END:
		rd->has_end = true;
		break;
	case TRACE_CHUNK_META:
	case TRACE_CHUNK_FUNCS:
	case TRACE_CHUNK_SYMBOLS:
	case TRACE_CHUNK_CODE:
		break;
	default: /* of a later minor version */
		return NULL;
	}
	rd->raw_at = 0;
	return NULL;
}

/* Goes to the next chunk: 1 with a gap in item, 2 when the chunk is open, 0 at the end. */
static int chunk_next(struct trace_reader *rd, struct trace_item *item)
{
	const struct chunk *chunk = &rd->own;
	const char *damage;

	if (rd->ahead)
		chunk = chunk_ahead_next(rd->ahead);
	else
		chunk_file_next(rd->file, &rd->own);
	rd->chunk = chunk;
	rd->is_events = false;
	rd->raw_at = chunk->header.raw_sz; /* nothing of it is to come */
	if (chunk->kind == CHUNK_NONE)
		return finish(rd);
	if (chunk->kind == CHUNK_SKIPPED)
		return gap(rd, item, "%llu bytes at byte %llu are no chunk: what they held is missing",
			   (unsigned long long)(chunk->end - chunk->at), (unsigned long long)chunk->at);
	rd->ending.chunk_cnt++;
	rd->ending.byte = chunk->end;
	damage = chunk->kind == CHUNK_DAMAGED ? chunk->damage : chunk_open(rd);
	if (!damage)
		return 2;
	return gap(rd, item, "chunk %llu at byte %llu is damaged, %s: %u records are missing",
		   (unsigned long long)rd->ending.chunk_cnt, (unsigned long long)chunk->at, damage,
		   chunk->header.record_cnt);
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
	rd->raw_at = rd->chunk->header.raw_sz;
	done = rd->chunk_record_cnt + decoder_unknown_cnt(rd->decoder) - rd->chunk_unknown_cnt;
	if (n < 0)
		return gap(rd, item, "chunk %llu holds %s: %llu of its %u records were read",
			   (unsigned long long)rd->ending.chunk_cnt, why, (unsigned long long)done,
			   rd->chunk->header.record_cnt);
	if (done != rd->chunk->header.record_cnt)
		return gap(rd, item, "chunk %llu promises %u records and holds %llu",
			   (unsigned long long)rd->ending.chunk_cnt, rd->chunk->header.record_cnt,
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
	if (rd->raw_at == rd->chunk->header.raw_sz)
		return 0;
	item->kind = TRACE_ITEM_CODE;
	item->bytes = rd->chunk->raw;
	item->bytes_sz = rd->raw_at = rd->chunk->header.raw_sz;
	return 1;
}

/* The next line of an open text chunk: 1; 0 when the chunk is used up. */
static int line_next(struct trace_reader *rd, struct trace_item *item)
{
	while (rd->raw_at < rd->chunk->header.raw_sz) {
		char *line = (char *)rd->chunk->raw + rd->raw_at;
		char *end = memchr(line, '\n', rd->chunk->header.raw_sz - rd->raw_at);
		char *value;

		rd->raw_at = end ? (size_t)(end + 1 - (char *)rd->chunk->raw) : rd->chunk->header.raw_sz;
		if (end)
			*end = '\0';
		if (rd->chunk->header.type == TRACE_CHUNK_FUNCS) {
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
		item->kind = line_kind(rd->chunk->header.type);
		item->key = line;
		item->value = value ? value : "";
		return 1;
	}
	return 0;
}

int trace_reader_next(struct trace_reader *rd, struct trace_item *item)
{
	while (!rd->is_done) {
		int n;

		if (rd->is_events)
			n = record_next(rd, item);
		else if (rd->chunk->header.type == TRACE_CHUNK_CODE)
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
