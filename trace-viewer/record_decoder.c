/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The bytes of an EVENTS chunk back into records. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/column.h"
#include "trace-viewer/file_schema.h"
#include "trace-viewer/varint.h"

struct stream {
	uint32_t tid, tgid;
	uint64_t time_ns;
	union record last[REC_KIND_END];
};

/* What is under way of TRACE_KIND_TURNS. */
struct turns {
	uint32_t parts, same; /* all of the parts, those without a time of their own */
	uint32_t cnt, index;  /* how many, which one; cnt 0: no turns are under way */
	uint64_t first_ns;    /* from the record before to the first part of the first */
	struct column columns[TURN_PART_CNT];
};

struct decoder {
	const struct schema *schema;
	const uint8_t *in, *end;
	uint64_t time_first_ns;
	uint64_t unknown_cnt;
	uint32_t stream_cnt;
	struct stream *current;
	uint32_t turn_parts, turn_changed; /* what is still to come of the turn under way */
	struct turns turns;
	struct stream *streams[TRACE_STREAMS_MAX];
	union record foreign; /* what a record of a kind that is not known here goes to: nothing is kept of it */
};

#define TURN_NAME_ROW(name) REC_##name,
static const uint8_t turn_kinds[] = { TRACE_TURN_KINDS(TURN_NAME_ROW) };

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
	dec->turn_parts = dec->turns.cnt = 0;
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

/* TRACE_KIND_TURNS has just been read: what it says of all of its turns, and when they were. */
static const char *turns_get(struct decoder *dec)
{
	struct turns *turns = &dec->turns;
	uint64_t parts, same, cnt, first_ns;

	if (!varint_get(&dec->in, dec->end, &parts) || !varint_get(&dec->in, dec->end, &cnt))
		return "turns without their parts";
	same = parts >> TRACE_TURN_SHIFT;
	parts &= (1u << TRACE_TURN_SHIFT) - 1;
	if (!parts || parts >> TURN_PART_CNT || same & ~parts || same & parts & -parts)
		return "turns of parts that there are not";
	if (!cnt || cnt > TRACE_TURNS_MAX)
		return "turns of no number that can be";
	if (!varint_get(&dec->in, dec->end, &first_ns))
		return "turns without a time";
	*turns = (struct turns){ .parts = (uint32_t)parts, .same = (uint32_t)same, .cnt = (uint32_t)cnt,
				 .first_ns = unzigzag(first_ns) };
	for (uint32_t rest = turns->parts & ~turns->same; rest; rest &= rest - 1) {
		uint32_t part = (uint32_t)__builtin_ctz(rest), is_first = !(turns->parts & ((1u << part) - 1));

		if (!column_get(&dec->in, dec->end, turns->cnt - is_first, &turns->columns[part]))
			return "turns without their times";
	}
	dec->turn_parts = turns->parts;
	dec->turn_changed = 0;
	return NULL;
}

/* How long after the record before it this part of the turns comes. */
static uint64_t turns_after_ns(const struct turns *turns, uint32_t part)
{
	uint32_t is_first = !(turns->parts & ((1u << part) - 1));

	if (turns->same >> part & 1)
		return 0;
	if (is_first && !turns->index)
		return turns->first_ns;
	return column_number(&turns->columns[part], turns->index - is_first);
}

/* Kind and stream of a record by itself, or of the first part of a turn. */
static const char *kind_get(struct decoder *dec, uint32_t *kind)
{
	struct turns *turns = &dec->turns;
	const char *why;

	if (turns->cnt && ++turns->index < turns->cnt) {
		*kind = TRACE_KIND_TURNS;
		dec->turn_parts = turns->parts;
		return NULL;
	}
	turns->cnt = 0;
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
	bool has_mask = true;
	uint64_t after_ns;

	*mask = 0;
	if (why)
		return why;
	if (dec->turn_parts) {
		uint32_t part = (uint32_t)__builtin_ctz(dec->turn_parts);

		*kind = turn_kinds[part];
		has_mask = dec->turn_changed >> part & 1;
		dec->turn_parts &= dec->turn_parts - 1;
		if (dec->turns.cnt)
			dec->current->time_ns += turns_after_ns(&dec->turns, part);
	}
	if (!dec->schema->kinds[*kind].is_there)
		return "a record of a kind that the file's schema lacks";
	if (dec->turns.cnt)
		return NULL;
	if (!varint_get(&dec->in, dec->end, &after_ns) ||
	    (has_mask && !varint_get(&dec->in, dec->end, mask)))
		return "a record without time or mask";
	dec->current->time_ns += unzigzag(after_ns);
	return NULL;
}

int decoder_next(struct decoder *dec, const union record **rec, const char **why)
{
	while (dec->in < dec->end || dec->turn_parts || dec->turns.index + 1 < dec->turns.cnt) {
		const struct file_kind *kind;
		union record *last;
		uint32_t number;
		uint64_t mask;

		*why = record_begin(dec, &number, &mask);
		if (*why)
			return -EBADMSG;
		kind = &dec->schema->kinds[number];
		last = kind->own ? &dec->current->last[kind->own->number] : &dec->foreign;
		*why = file_fields_get(&dec->in, dec->end, kind, mask, last);
		if (*why)
			return -EBADMSG;
		if (!kind->own) {
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
