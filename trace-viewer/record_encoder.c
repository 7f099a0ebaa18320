/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Records into the bytes of an EVENTS chunk: what changed since the last of its kind. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/column.h"
#include "trace-viewer/record_codec.h"
#include "trace-viewer/trace_format.h"
#include "trace-viewer/varint.h"

/* What a record can take at most: head, stream, time, mask, every field in full. */
#define RECORD_BYTES_MAX ((6 + TRACE_FIELDS_MAX) * VARINT_SZ_MAX + REC_IOCTL_MORE_MAX)
/* What a turn can, and turns that are repeated: their heads, and a column for each part. */
#define TURN_BYTES_MAX	(TURN_PART_CNT * RECORD_BYTES_MAX)
#define TURNS_BYTES_MAX (6 * VARINT_SZ_MAX + TURN_PART_CNT * COLUMN_SZ_MAX(TRACE_TURNS_MAX))
#define ROOM_MAX	(TURN_BYTES_MAX > TURNS_BYTES_MAX ? TURN_BYTES_MAX : TURNS_BYTES_MAX)

#define TURN_KIND_ROW(name) REC_##name,
static const uint8_t turn_kinds[] = { TRACE_TURN_KINDS(TURN_KIND_ROW) };
#define TURN_BIT_ROW(name) | 1ull << REC_##name
#define TURN_KIND_BITS	   (0 TRACE_TURN_KINDS(TURN_BIT_ROW))

_Static_assert(TURN_PART_CNT <= TRACE_TURN_SHIFT && REC_KIND_END <= 64, "the bits of a turn");
_Static_assert(TRACE_TURNS_MAX <= COLUMN_CNT_MAX, "the numbers of a column are told apart");

struct stream {
	uint32_t tid, tgid;
	uint64_t time_ns;
	uint32_t turn_parts; /* of the last turn, if the last records of its kinds are its; else 0 */
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

/* The stream of this thread, or NULL. */
static struct stream *stream_find(struct encoder *enc, const struct rec_header *header)
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

static uint8_t *head_put(struct encoder *enc, uint8_t *out, const struct rec_header *header,
			 uint32_t kind)
{
	struct stream *stream = stream_find(enc, header);
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

/* When the chunk has no record yet its time begins with this one. */
static void time_begin(struct encoder *enc, uint64_t time_ns)
{
	if (!enc->record_cnt)
		enc->time_first_ns = enc->time_last_ns = time_ns;
}

static uint8_t *time_put(struct encoder *enc, uint8_t *out, uint64_t time_ns)
{
	out = varint_put(out, zigzag(time_ns - enc->current->time_ns));
	enc->current->time_ns = time_ns;
	if (time_ns > enc->time_last_ns)
		enc->time_last_ns = time_ns;
	enc->record_cnt++;
	return out;
}

/* The mask and what differs from the last record of the kind, which this one then is. */
static uint8_t *difference_put(struct encoder *enc, uint8_t *out, const struct record_kind *kind,
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
	time_begin(enc, header->time_ns);
	out = head_put(enc, out, header, header->kind);
	if (!out)
		return -ENOSPC;
	out = time_put(enc, out, header->time_ns);
	enc->next = difference_put(enc, out, kind, rec);
	if (1ull << header->kind & TURN_KIND_BITS)
		enc->current->turn_parts = 0;
	return 0;
}

/* Whether only the time sets the record apart from the last of its kind. */
static bool is_again(const struct encoder *enc, const union record *rec)
{
	const struct rec_header *last = &enc->current->last[rec->header.kind].header;

	return rec->header.cpu == last->cpu && rec->header.flags == last->flags &&
	       !memcmp(&rec->header + 1, last + 1, rec->header.size - sizeof(*last));
}

int encoder_append_turn(struct encoder *enc, const union record recs[TURN_PART_CNT], uint32_t parts)
{
	const struct rec_header *first = &recs[__builtin_ctz(parts)].header;
	uint32_t changed = 0;
	uint8_t *out = enc->next;

	if (out >= enc->limit)
		return -ENOSPC;
	time_begin(enc, first->time_ns);
	out = head_put(enc, out, first, TRACE_KIND_TURN);
	if (!out)
		return -ENOSPC;
	for (uint32_t i = 0; i < TURN_PART_CNT; i++)
		if (parts >> i & 1 && !is_again(enc, &recs[i]))
			changed |= 1u << i;
	out = varint_put(out, parts | changed << TRACE_TURN_SHIFT);
	for (uint32_t i = 0; i < TURN_PART_CNT; i++) {
		if (!(parts >> i & 1))
			continue;
		out = time_put(enc, out, recs[i].header.time_ns);
		if (changed >> i & 1)
			out = difference_put(enc, out, record_kind(turn_kinds[i]), &recs[i]);
	}
	enc->next = out;
	enc->current->turn_parts = parts;
	return 0;
}

/* The parts that have the time of the part before them. */
static uint32_t parts_timed_as_before(uint32_t parts, const struct turn_times *times)
{
	uint32_t before = (uint32_t)__builtin_ctz(parts), same = 0;

	for (uint32_t rest = parts & (parts - 1); rest; rest &= rest - 1) {
		uint32_t part = (uint32_t)__builtin_ctz(rest);

		same |= (uint32_t)(times->ns[part] == times->ns[before]) << part;
		before = part;
	}
	return same;
}

/* The column of how long each time at `ns` is after its one at `before`. */
static uint8_t *distances_put(uint8_t *out, const __u64 *ns, const __u64 *before, size_t stride, uint32_t cnt)
{
	uint64_t after[TRACE_TURNS_MAX], least = cnt ? UINT64_MAX : 0, most = 0;

	for (uint32_t i = 0; i < cnt; i++) {
		uint64_t distance = ns[i * stride] - before[i * stride];

		least = distance < least ? distance : least;
		most = distance > most ? distance : most;
		after[i] = distance;
	}
	return column_put(out, after, cnt, least, most);
}

/* The columns of the parts that have a time of their own; *time_ns is that of the last record, before and after. */
static uint8_t *columns_put(uint8_t *out, uint32_t parts, const struct turn_times *times, uint32_t cnt,
			    uint64_t *time_ns)
{
	const __u64 *first = times->ns[__builtin_ctz(parts)], *before = first;
	const __u64 *last = times->ns[31 - __builtin_clz(parts)];

	out = varint_put(out, zigzag(*first - *time_ns));
	out = distances_put(out, first + times->stride, last, times->stride, cnt - 1);
	for (uint32_t rest = parts & (parts - 1); rest; rest &= rest - 1) {
		const __u64 *ns = times->ns[__builtin_ctz(rest)];

		out = distances_put(out, ns, before, times->stride, cnt);
		before = ns;
	}
	*time_ns = last[(cnt - 1) * times->stride];
	return out;
}

int encoder_repeat_turns(struct encoder *enc, const struct rec_header *header, uint32_t parts,
			 const struct turn_times *times, uint32_t cnt)
{
	struct stream *stream = stream_find(enc, header);
	uint32_t same = parts_timed_as_before(parts, times);
	uint8_t *out = enc->next;

	if (!stream || stream->turn_parts != parts)
		return -ENODATA;
	if (out >= enc->limit)
		return -ENOSPC;
	out = head_put(enc, out, header, TRACE_KIND_TURNS);
	out = varint_put(out, parts | same << TRACE_TURN_SHIFT);
	out = varint_put(out, cnt);
	out = columns_put(out, parts & ~same, times, cnt, &stream->time_ns);
	if (stream->time_ns > enc->time_last_ns)
		enc->time_last_ns = stream->time_ns;
	enc->record_cnt += cnt * (uint32_t)__builtin_popcount(parts);
	enc->next = out;
	return 0;
}
