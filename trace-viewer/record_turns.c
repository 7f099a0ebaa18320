/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Turns of the run loop into the bytes of an EVENTS chunk: their parts at once, and turns that repeat. */
#include "trace-viewer/record_encoder.h"

#include <errno.h>
#include <string.h>

#include "trace-viewer/column.h"
#include "trace-viewer/varint.h"

#define TURN_KIND_ROW(name) REC_##name,
static const uint8_t turn_kinds[] = { TRACE_TURN_KINDS(TURN_KIND_ROW) };

_Static_assert(TRACE_TURNS_MAX <= COLUMN_CNT_MAX, "the numbers of a column are told apart");

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
	encoder_begin_time(enc, first->time_ns);
	out = encoder_put_head(enc, out, first, TRACE_KIND_TURN);
	if (!out)
		return -ENOSPC;
	for (uint32_t i = 0; i < TURN_PART_CNT; i++)
		if (parts >> i & 1 && !is_again(enc, &recs[i]))
			changed |= 1u << i;
	out = varint_put(out, parts | changed << TRACE_TURN_SHIFT);
	for (uint32_t i = 0; i < TURN_PART_CNT; i++) {
		if (!(parts >> i & 1))
			continue;
		out = encoder_put_time(enc, out, recs[i].header.time_ns);
		if (changed >> i & 1)
			out = encoder_put_difference(enc, out, record_kind(turn_kinds[i]), &recs[i]);
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
	struct stream *stream = encoder_stream(enc, header);
	uint32_t same = parts_timed_as_before(parts, times);
	uint8_t *out = enc->next;

	if (!stream || stream->turn_parts != parts)
		return -ENODATA;
	if (out >= enc->limit)
		return -ENOSPC;
	out = encoder_put_head(enc, out, header, TRACE_KIND_TURNS);
	out = varint_put(out, parts | same << TRACE_TURN_SHIFT);
	out = varint_put(out, cnt);
	out = columns_put(out, parts & ~same, times, cnt, &stream->time_ns);
	if (stream->time_ns > enc->time_last_ns)
		enc->time_last_ns = stream->time_ns;
	enc->record_cnt += cnt * (uint32_t)__builtin_popcount(parts);
	enc->next = out;
	return 0;
}
