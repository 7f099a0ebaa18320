/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Records into the bytes of an EVENTS chunk: what changed since the last of its kind. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/record_codec.h"
#include "trace-viewer/trace_format.h"
#include "trace-viewer/varint.h"

/* What a record can take at most: head, stream, time, mask, every field in full. */
#define RECORD_BYTES_MAX ((6 + TRACE_FIELDS_MAX) * VARINT_SZ_MAX + REC_IOCTL_MORE_MAX)

struct stream {
	uint32_t tid, tgid;
	uint64_t time_ns;
	union record last[REC_KIND_END];
};

struct encoder {
	uint8_t *bytes, *next, *limit;
	uint64_t time_first_ns, time_last_ns;
	uint32_t record_cnt;
	uint32_t stream_cnt;
	struct stream *current;
	struct stream streams[TRACE_STREAMS_MAX];
};

struct encoder *encoder_new(size_t capacity)
{
	struct encoder *enc = calloc(1, sizeof(*enc));

	if (!enc)
		return NULL;
	enc->bytes = malloc(capacity + RECORD_BYTES_MAX);
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

/* The stream of this thread; a new one, whose number is then the count before. */
static struct stream *stream_find(struct encoder *enc, const struct rec_header *header, bool *is_new)
{
	struct stream *stream;

	*is_new = false;
	for (uint32_t i = 0; i < enc->stream_cnt; i++)
		if (enc->streams[i].tid == header->tid && enc->streams[i].tgid == header->tgid)
			return &enc->streams[i];
	if (enc->stream_cnt == TRACE_STREAMS_MAX)
		return NULL;
	stream = &enc->streams[enc->stream_cnt++];
	memset(stream, 0, sizeof(*stream));
	stream->tid = header->tid;
	stream->tgid = header->tgid;
	stream->time_ns = enc->time_first_ns;
	*is_new = true;
	return stream;
}

static uint8_t *head_put(struct encoder *enc, uint8_t *out, const struct rec_header *header)
{
	struct stream *stream = enc->current;
	bool is_new = false;

	if (stream && stream->tid == header->tid && stream->tgid == header->tgid)
		return varint_put(out, header->kind);
	stream = stream_find(enc, header, &is_new);
	if (!stream)
		return NULL;
	enc->current = stream;
	out = varint_put(out, header->kind + (uint64_t)(stream - enc->streams + 1) * TRACE_KIND_SPAN);
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

int encoder_append(struct encoder *enc, const union record *rec)
{
	const struct rec_header *header = &rec->header;
	const struct record_kind *kind = record_kind(header->kind);
	uint8_t fields[RECORD_BYTES_MAX], *fields_end = fields, *out = enc->next;
	struct rec_header *last;
	uint64_t mask = 0;

	if (!kind || header->size < kind->size)
		return -EINVAL;
	if (out >= enc->limit)
		return -ENOSPC;
	if (!enc->record_cnt)
		enc->time_first_ns = enc->time_last_ns = header->time_ns;
	out = head_put(enc, out, header);
	if (!out)
		return -ENOSPC;
	out = varint_put(out, zigzag(header->time_ns - enc->current->time_ns));
	last = &enc->current->last[header->kind].header;
	if (header->cpu != last->cpu) {
		mask |= 1;
		fields_end = varint_put(fields_end, zigzag((uint64_t)header->cpu - last->cpu));
	}
	if (header->flags != last->flags) {
		mask |= 2;
		fields_end = varint_put(fields_end, zigzag((uint64_t)header->flags - last->flags));
	}
	mask |= fields_put(&fields_end, kind, rec, last);
	out = varint_put(out, mask);
	memcpy(out, fields, (size_t)(fields_end - fields));
	enc->next = out + (fields_end - fields);
	memcpy(last, rec, kind->size);
	enc->current->time_ns = header->time_ns;
	if (header->time_ns > enc->time_last_ns)
		enc->time_last_ns = header->time_ns;
	enc->record_cnt++;
	return 0;
}
