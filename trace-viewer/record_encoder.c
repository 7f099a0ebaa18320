/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Records into the bytes of an EVENTS chunk: what changed since the last of its kind. */
#include "trace-viewer/record_encoder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/column.h"
#include "trace-viewer/varint.h"

/* What a record can take at most: head, stream, time, mask, every field in full. */
#define RECORD_BYTES_MAX ((6 + TRACE_FIELDS_MAX) * VARINT_SZ_MAX + REC_IOCTL_MORE_MAX)
/* What a turn can, and turns that are repeated: their heads, and a column for each part. */
#define TURN_BYTES_MAX	(TURN_PART_CNT * RECORD_BYTES_MAX)
#define TURNS_BYTES_MAX (6 * VARINT_SZ_MAX + TURN_PART_CNT * COLUMN_SZ_MAX(TRACE_TURNS_MAX))
#define ROOM_MAX	(TURN_BYTES_MAX > TURNS_BYTES_MAX ? TURN_BYTES_MAX : TURNS_BYTES_MAX)

#define TURN_BIT_ROW(name) | 1ull << REC_##name
#define TURN_KIND_BITS	   (0 TRACE_TURN_KINDS(TURN_BIT_ROW))

_Static_assert(TURN_PART_CNT <= TRACE_TURN_SHIFT && REC_KIND_END <= 64, "the bits of a turn");

struct encoder *encoder_new(size_t capacity)
{
	struct encoder *enc = calloc(1, sizeof(*enc));

	if (!enc)
		return NULL;
	enc->bytes = malloc(capacity + ROOM_MAX);
	if (!enc->bytes) {
		free(enc);
		return NULL;
	}
	enc->limit = enc->bytes + capacity;
	encoder_reset(enc);
	return enc;
}

void encoder_free(struct encoder *enc)
{
	if (!enc)
		return;
	free(enc->bytes);
	free(enc);
}

void encoder_reset(struct encoder *enc)
{
	enc->next = enc->bytes;
	enc->record_cnt = 0;
	enc->stream_cnt = 0;
	enc->current = NULL;
	enc->time_first_ns = 0;
	enc->time_last_ns = 0;
}

const uint8_t *encoder_bytes(const struct encoder *enc, size_t *bytes_sz, uint32_t *record_cnt,
			     uint64_t *time_first_ns, uint64_t *time_last_ns)
{
	*bytes_sz = (size_t)(enc->next - enc->bytes);
	*record_cnt = enc->record_cnt;
	*time_first_ns = enc->time_first_ns;
	*time_last_ns = enc->time_last_ns;
	return enc->bytes;
}

static bool is_stream_of(const struct stream *stream, const struct rec_header *header)
{
	return stream->tid == header->tid && stream->tgid == header->tgid;
}

struct stream *encoder_stream(struct encoder *enc, const struct rec_header *header)
{
	if (enc->current && is_stream_of(enc->current, header))
		return enc->current;
	for (uint32_t i = 0; i < enc->stream_cnt; i++)
		if (is_stream_of(&enc->streams[i], header))
			return &enc->streams[i];
	return NULL;
}

/* A new one, whose number is the count before; NULL: the chunk has no room for it. */
static struct stream *stream_new(struct encoder *enc, const struct rec_header *header)
{
	struct stream *stream;

	if (enc->stream_cnt == TRACE_STREAMS_MAX)
		return NULL;
	stream = &enc->streams[enc->stream_cnt++];
	memset(stream, 0, sizeof(*stream));
	stream->tid = header->tid;
	stream->tgid = header->tgid;
	stream->time_ns = enc->time_first_ns;
	return stream;
}

uint8_t *encoder_put_head(struct encoder *enc, uint8_t *out, const struct rec_header *header,
			  uint32_t kind)
{
	struct stream *stream = encoder_stream(enc, header);
	bool is_new = !stream;

	if (stream && stream == enc->current)
		return varint_put(out, kind);
	if (is_new)
		stream = stream_new(enc, header);
	if (!stream)
		return NULL;
	enc->current = stream;
	out = varint_put(out, kind + (uint64_t)(stream - enc->streams + 1) * TRACE_KIND_SPAN);
	if (is_new) {
		out = varint_put(out, header->tid);
		out = varint_put(out, header->tgid);
	}
	return out;
}

static uint64_t field_load(const void *rec, const struct record_field *field)
{
	const char *at = (const char *)rec + field->offset;
	uint64_t u64;
	uint32_t u32;

	if (field->type == FIELD_U64 || field->type == FIELD_S64) {
		memcpy(&u64, at, sizeof(u64));
		return u64;
	}
	memcpy(&u32, at, sizeof(u32));
	return field->type == FIELD_S32 ? (uint64_t)(int64_t)(int32_t)u32 : u32;
}

/* How many bytes of the field count: what the field NAME_sz says, within bounds. */
static uint32_t bytes_count(const void *rec, const struct record_kind *kind,
			    const struct record_field *bytes)
{
	for (const struct record_field *f = kind->fields; f < bytes; f++) {
		size_t name_sz = strlen(bytes->name);

		if (!strncmp(f->name, bytes->name, name_sz) && !strcmp(f->name + name_sz, "_sz")) {
			uint64_t count = field_load(rec, f);

			return count < bytes->capacity ? (uint32_t)count : bytes->capacity;
		}
	}
	return bytes->capacity;
}

/* Appends the fields that differ from `last` and returns the mask's bits of them. */
static uint64_t fields_put(uint8_t **out, const struct record_kind *kind, const void *rec,
			   const void *last)
{
	uint64_t mask = 0, bit = 1u << 2;

	for (const struct record_field *f = kind->fields; f->name; f++, bit <<= 1) {
		uint64_t delta;
		uint32_t count;

		if (f->type != FIELD_BYTES) {
			delta = field_load(rec, f) - field_load(last, f);
			if (!delta)
				continue;
			*out = varint_put(*out, zigzag(delta));
		} else {
			count = bytes_count(rec, kind, f);
			if (!count)
				continue;
			*out = varint_put(*out, count);
			memcpy(*out, (const char *)rec + f->offset, count);
			*out += count;
		}
		mask |= bit;
	}
	return mask;
}

void encoder_begin_time(struct encoder *enc, uint64_t time_ns)
{
	if (!enc->record_cnt)
		enc->time_first_ns = enc->time_last_ns = time_ns;
}

uint8_t *encoder_put_time(struct encoder *enc, uint8_t *out, uint64_t time_ns)
{
	out = varint_put(out, zigzag(time_ns - enc->current->time_ns));
	enc->current->time_ns = time_ns;
	if (time_ns > enc->time_last_ns)
		enc->time_last_ns = time_ns;
	enc->record_cnt++;
	return out;
}

uint8_t *encoder_put_difference(struct encoder *enc, uint8_t *out, const struct record_kind *kind,
				const union record *rec)
{
	struct rec_header *last = &enc->current->last[kind->number].header;
	uint8_t fields[RECORD_BYTES_MAX], *fields_end = fields;
	uint64_t mask = 0;

	if (rec->header.cpu != last->cpu) {
		mask |= 1;
		fields_end = varint_put(fields_end, zigzag((uint64_t)rec->header.cpu - last->cpu));
	}
	if (rec->header.flags != last->flags) {
		mask |= 2;
		fields_end = varint_put(fields_end, zigzag((uint64_t)rec->header.flags - last->flags));
	}
	mask |= fields_put(&fields_end, kind, rec, last);
	out = varint_put(out, mask);
	memcpy(out, fields, (size_t)(fields_end - fields));
	memcpy(last, rec, kind->size);
	return out + (fields_end - fields);
}

int encoder_append(struct encoder *enc, const union record *rec)
{
	const struct rec_header *header = &rec->header;
	const struct record_kind *kind = record_kind(header->kind);
	uint8_t *out = enc->next;

	if (!kind || header->size < kind->size)
		return -EINVAL;
	if (out >= enc->limit)
		return -ENOSPC;
	encoder_begin_time(enc, header->time_ns);
	out = encoder_put_head(enc, out, header, header->kind);
	if (!out)
		return -ENOSPC;
	out = encoder_put_time(enc, out, header->time_ns);
	enc->next = encoder_put_difference(enc, out, kind, rec);
	if (1ull << header->kind & TURN_KIND_BITS)
		enc->current->turn_parts = 0;
	return 0;
}
