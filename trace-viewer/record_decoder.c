/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The SCHEMA of a file, and the bytes of an EVENTS chunk back into records. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/record_codec.h"
#include "trace-viewer/trace_format.h"
#include "trace-viewer/varint.h"

/* A field as the file has it; `own` is where it goes here, or NULL. */
struct file_field {
	bool is_bytes;
	uint32_t capacity;
	const struct record_field *own;
};

struct file_kind {
	bool is_there;
	const struct record_kind *own;
	uint32_t field_cnt;
	struct file_field fields[TRACE_FIELDS_MAX];
};

struct schema {
	struct file_kind kinds[TRACE_KIND_SPAN];
};

struct stream {
	uint32_t tid, tgid;
	uint64_t time_ns;
	union record last[REC_KIND_END];
};

struct decoder {
	const struct schema *schema;
	const uint8_t *in, *end;
	uint64_t time_first_ns;
	uint64_t unknown_cnt;
	uint32_t stream_cnt;
	struct stream *current;
	uint32_t turn_parts, turn_changed; /* what is still to come of the turn under way */
	uint32_t turns_parts, turns_same;  /* with TRACE_KIND_TURNS: all of its parts, those without a time */
	uint64_t turns_left;		   /* of them, after the one under way */
	struct stream *streams[TRACE_STREAMS_MAX];
};

#define TURN_NAME_ROW(name) REC_##name,
static const uint8_t turn_kinds[] = { TRACE_TURN_KINDS(TURN_NAME_ROW) };

/* --- the schema ----------------------------------------------------------- */

/* The next word of a line [*at, end): its start and size; false when there is none. */
static bool word_next(const char **at, const char *end, const char **word, size_t *word_sz)
{
	const char *p = *at;

	while (p < end && *p == ' ')
		p++;
	*word = p;
	while (p < end && *p != ' ')
		p++;
	*word_sz = (size_t)(p - *word);
	*at = p;
	return *word_sz > 0;
}

static bool word_is(const char *word, size_t word_sz, const char *text)
{
	return strlen(text) == word_sz && !memcmp(word, text, word_sz);
}

/* A decimal number below `limit`, or -1. */
static long word_number(const char *word, size_t word_sz, long limit)
{
	long number = 0;

	for (size_t i = 0; i < word_sz; i++) {
		if (word[i] < '0' || word[i] > '9')
			return -1;
		number = number * 10 + (word[i] - '0');
		if (number >= limit)
			return -1;
	}
	return word_sz ? number : -1;
}

static const char *schema_kind_line(struct schema *schema, const char *at, const char *end,
				    struct file_kind **current)
{
	const char *word;
	size_t word_sz;
	long number;

	if (!word_next(&at, end, &word, &word_sz))
		return "a kind without a number";
	number = word_number(word, word_sz, TRACE_KIND_TURNS);
	if (number < 0)
		return "a kind whose number is out of range";
	*current = &schema->kinds[number];
	if ((*current)->is_there)
		return "a kind that is there twice";
	if (!word_next(&at, end, &word, &word_sz))
		return "a kind without a name";
	(*current)->is_there = true;
	(*current)->own = record_kind_by_name(word, word_sz);
	return NULL;
}

static const struct record_field *own_field(const struct record_kind *kind, const char *name,
					    size_t name_sz, bool is_bytes)
{
	if (!kind)
		return NULL;
	for (const struct record_field *f = kind->fields; f->name; f++)
		if (word_is(name, name_sz, f->name))
			return (f->type == FIELD_BYTES) == is_bytes ? f : NULL;
	return NULL;
}

static const char *schema_field_line(const char *at, const char *end, struct file_kind *kind)
{
	static const char *const numbers[] = { "u64", "s64", "u32", "s32" };
	const char *name, *type;
	size_t name_sz, type_sz;
	struct file_field *field;

	if (!kind)
		return "a field before any kind";
	if (kind->field_cnt == TRACE_FIELDS_MAX)
		return "a kind with too many fields";
	if (!word_next(&at, end, &name, &name_sz) || !word_next(&at, end, &type, &type_sz))
		return "a field without name or type";
	field = &kind->fields[kind->field_cnt++];
	if (type_sz > 6 && !memcmp(type, "bytes:", 6)) {
		long capacity = word_number(type + 6, type_sz - 6, 4096);

		if (capacity < 0)
			return "a field of bytes with an impossible capacity";
		field->is_bytes = true;
		field->capacity = (uint32_t)capacity;
	} else {
		size_t i = 0;

		while (i < 4 && !word_is(type, type_sz, numbers[i]))
			i++;
		if (i == 4)
			return "a field of unknown type";
	}
	field->own = own_field(kind->own, name, name_sz, field->is_bytes);
	return NULL;
}

struct schema *schema_parse(const char *text, size_t text_sz, const char **why)
{
	struct schema *schema = calloc(1, sizeof(*schema));
	struct file_kind *current = NULL;
	const char *at = text, *end = text + text_sz;

	*why = schema ? NULL : "no memory";
	while (!*why && at < end) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));
		const char *word;
		size_t word_sz;

		if (!line_end)
			line_end = end;
		if (!word_next(&at, line_end, &word, &word_sz))
			*why = NULL; /* an empty line says nothing */
		else if (word_is(word, word_sz, "kind"))
			*why = schema_kind_line(schema, at, line_end, &current);
		else if (word_is(word, word_sz, "field"))
			*why = schema_field_line(at, line_end, current);
		at = line_end + (line_end < end);
	}
	if (*why) {
		schema_free(schema);
		return NULL;
	}
	return schema;
}

void schema_free(struct schema *schema)
{
	free(schema);
}

/* --- records -------------------------------------------------------------- */

struct decoder *decoder_new(const struct schema *schema)
{
	struct decoder *dec = calloc(1, sizeof(*dec));

	if (dec)
		dec->schema = schema;
	return dec;
}

void decoder_free(struct decoder *dec)
{
	if (!dec)
		return;
	for (size_t i = 0; i < TRACE_STREAMS_MAX; i++)
		free(dec->streams[i]);
	free(dec);
}

void decoder_start(struct decoder *dec, const uint8_t *bytes, size_t bytes_sz,
		   uint64_t time_first_ns)
{
	dec->in = bytes;
	dec->end = bytes + bytes_sz;
	dec->time_first_ns = time_first_ns;
	dec->stream_cnt = 0;
	dec->current = NULL;
	dec->turn_parts = dec->turns_same = 0;
	dec->turns_left = 0;
}

uint64_t decoder_unknown_cnt(const struct decoder *dec)
{
	return dec->unknown_cnt;
}

static const char *stream_open(struct decoder *dec)
{
	struct stream *stream;
	uint64_t tid, tgid;

	if (!varint_get(&dec->in, dec->end, &tid) || !varint_get(&dec->in, dec->end, &tgid))
		return "a thread without its numbers";
	if (!dec->streams[dec->stream_cnt])
		dec->streams[dec->stream_cnt] = malloc(sizeof(*stream));
	stream = dec->streams[dec->stream_cnt];
	if (!stream)
		return "no memory for another thread";
	memset(stream, 0, sizeof(*stream));
	stream->tid = (uint32_t)tid;
	stream->tgid = (uint32_t)tgid;
	stream->time_ns = dec->time_first_ns;
	dec->stream_cnt++;
	return NULL;
}

/* Reads kind and stream. */
static const char *head_get(struct decoder *dec, uint32_t *kind)
{
	uint64_t head, stream;
	const char *why;

	if (!varint_get(&dec->in, dec->end, &head))
		return "a record without a kind";
	*kind = (uint32_t)(head % TRACE_KIND_SPAN);
	stream = head / TRACE_KIND_SPAN;
	if (stream > dec->stream_cnt) {
		if (stream != dec->stream_cnt + 1 || stream > TRACE_STREAMS_MAX)
			return "a record of a thread out of order";
		why = stream_open(dec);
		if (why)
			return why;
	}
	if (stream)
		dec->current = dec->streams[stream - 1];
	return dec->current ? NULL : "a record without a thread";
}

/* The parts of a turn: TRACE_KIND_TURN has just been read. */
static const char *turn_get(struct decoder *dec)
{
	uint64_t parts;

	if (!varint_get(&dec->in, dec->end, &parts))
		return "a turn without its parts";
	dec->turn_parts = (uint32_t)parts & ((1u << TRACE_TURN_SHIFT) - 1);
	parts >>= TRACE_TURN_SHIFT;
	if (!dec->turn_parts || dec->turn_parts >> TURN_PART_CNT || parts & ~(uint64_t)dec->turn_parts)
		return "a turn of parts that there are not";
	dec->turn_changed = (uint32_t)parts;
	return NULL;
}

/* TRACE_KIND_TURNS has just been read: what it says of all of its turns. */
static const char *turns_get(struct decoder *dec)
{
	uint64_t parts, same, cnt;

	if (!varint_get(&dec->in, dec->end, &parts) || !varint_get(&dec->in, dec->end, &cnt))
		return "turns without their parts";
	same = parts >> TRACE_TURN_SHIFT;
	parts &= (1u << TRACE_TURN_SHIFT) - 1;
	/* the first part has its time always: so turns take bytes, and are no more than these */
	if (!parts || parts >> TURN_PART_CNT || same & ~parts || same & parts & -parts)
		return "turns of parts that there are not";
	if (!cnt || cnt > (uint64_t)(dec->end - dec->in))
		return "more turns than there are bytes";
	dec->turns_parts = dec->turn_parts = (uint32_t)parts;
	dec->turns_same = (uint32_t)same;
	dec->turns_left = cnt - 1;
	dec->turn_changed = 0;
	return NULL;
}

/* Kind and stream of a record by itself, or of the first part of a turn. */
static const char *kind_get(struct decoder *dec, uint32_t *kind)
{
	const char *why;

	if (dec->turns_left) {
		dec->turns_left--;
		dec->turn_parts = dec->turns_parts;
		*kind = TRACE_KIND_TURNS;
		return NULL;
	}
	dec->turns_same = 0;
	why = head_get(dec, kind);
	if (!why && *kind == TRACE_KIND_TURN)
		why = turn_get(dec);
	else if (!why && *kind == TRACE_KIND_TURNS)
		why = turns_get(dec);
	return why;
}

/* Reads what is before the fields: kind, stream, time, mask. */
static const char *record_begin(struct decoder *dec, uint32_t *kind, uint64_t *mask)
{
	const char *why = dec->turn_parts ? NULL : kind_get(dec, kind);
	bool has_time = true, has_mask = true;
	uint64_t delta = 0;

	if (why)
		return why;
	if (dec->turn_parts) {
		uint32_t part = (uint32_t)__builtin_ctz(dec->turn_parts);

		*kind = turn_kinds[part];
		has_time = !(dec->turns_same >> part & 1);
		has_mask = dec->turn_changed >> part & 1;
		dec->turn_parts &= dec->turn_parts - 1;
	}
	if (!dec->schema->kinds[*kind].is_there)
		return "a record of a kind that the file's schema lacks";
	*mask = 0;
	if ((has_time && !varint_get(&dec->in, dec->end, &delta)) ||
	    (has_mask && !varint_get(&dec->in, dec->end, mask)))
		return "a record without time or mask";
	dec->current->time_ns += unzigzag(delta);
	return NULL;
}

static void field_add(void *rec, const struct record_field *own, uint64_t delta)
{
	char *at = (char *)rec + own->offset;
	uint64_t u64;
	uint32_t u32;

	if (own->type == FIELD_U64 || own->type == FIELD_S64) {
		memcpy(&u64, at, sizeof(u64));
		u64 += delta;
		memcpy(at, &u64, sizeof(u64));
	} else {
		memcpy(&u32, at, sizeof(u32));
		u32 += (uint32_t)delta;
		memcpy(at, &u32, sizeof(u32));
	}
}

static const char *bytes_get(struct decoder *dec, const struct file_field *field, void *rec)
{
	uint64_t count;

	if (!varint_get(&dec->in, dec->end, &count))
		return "a field of bytes without a count";
	if (count > field->capacity || count > (uint64_t)(dec->end - dec->in))
		return "a field of bytes beyond its capacity";
	if (rec && field->own) {
		size_t fits = count < field->own->capacity ? count : field->own->capacity;

		memset((char *)rec + field->own->offset, 0, field->own->capacity);
		memcpy((char *)rec + field->own->offset, dec->in, fits);
	}
	dec->in += count;
	return NULL;
}

static const char *fields_get(struct decoder *dec, const struct file_kind *kind, uint64_t mask,
			      union record *rec)
{
	const uint64_t known = (1ull << (kind->field_cnt + 2)) - 1;
	uint64_t delta;

	if (mask & ~known)
		return "a record with more fields than its kind";
	for (; mask; mask &= mask - 1) { /* from the lowest bit on */
		uint32_t i = (uint32_t)__builtin_ctzll(mask);
		const struct file_field *field = i >= 2 ? &kind->fields[i - 2] : NULL;
		const char *why;

		if (field && field->is_bytes) {
			why = bytes_get(dec, field, rec);
			if (why)
				return why;
			continue;
		}
		if (!varint_get(&dec->in, dec->end, &delta))
			return "a record that ends in a field";
		delta = unzigzag(delta);
		if (!rec)
			continue;
		if (i == 0)
			rec->header.cpu += (uint32_t)delta;
		else if (i == 1)
			rec->header.flags += (uint32_t)delta;
		else if (field->own)
			field_add(rec, field->own, delta);
	}
	return NULL;
}

int decoder_next(struct decoder *dec, const union record **rec, const char **why)
{
	while (dec->in < dec->end || dec->turn_parts || dec->turns_left) {
		const struct file_kind *kind;
		union record *last = NULL;
		uint32_t number;
		uint64_t mask;

		*why = record_begin(dec, &number, &mask);
		if (*why)
			return -EBADMSG;
		kind = &dec->schema->kinds[number];
		if (kind->own)
			last = &dec->current->last[kind->own->number];
		*why = fields_get(dec, kind, mask, last);
		if (*why)
			return -EBADMSG;
		if (!last) {
			dec->unknown_cnt++;
			continue;
		}
		last->header.size = kind->own->size;
		last->header.kind = kind->own->number;
		last->header.time_ns = dec->current->time_ns;
		last->header.tid = dec->current->tid;
		last->header.tgid = dec->current->tgid;
		*rec = last;
		return 1;
	}
	return 0;
}
