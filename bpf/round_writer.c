/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Rounds into the trace file. A guest that is busy with one thing makes thousands that differ in
 * nothing but time: these are recognised by the last round of their thread, and no record is made.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/control.h"
#include "bpf/round_writer.h"
#include "trace-viewer/trace_format.h"

/* The bits of a round are the parts of a turn. */
_Static_assert(ROUND_ENTER == 1 << TURN_PART_ioctl_enter && ROUND_ENTRY == 1 << TURN_PART_kvm_entry &&
	       ROUND_EXIT == 1 << TURN_PART_kvm_exit && ROUND_PIO == 1 << TURN_PART_kvm_pio &&
	       ROUND_USER == 1 << TURN_PART_kvm_userspace_exit &&
	       ROUND_LEAVE == 1 << TURN_PART_ioctl_exit, "parts of a round and of a turn");

_Static_assert(ROUNDS_MAX <= TRACE_TURNS_MAX, "rounds that come together are written together");

/* Threads whose last round is known: by tid, and who finds his place taken takes it. */
#define LAST_CNT 256

/* What rounds have in common, up to `times`. */
struct last_rounds {
	uint8_t head[ROUNDS_HEAD_SZ];
};

struct round_writer {
	struct trace_writer *trace;
	struct last_rounds last[LAST_CNT];
};

struct round_writer *round_writer_new(struct trace_writer *trace)
{
	struct round_writer *writer = calloc(1, sizeof(*writer));

	if (writer)
		writer->trace = trace;
	return writer;
}

void round_writer_free(struct round_writer *writer)
{
	free(writer);
}

/* When the rounds from this one on were. */
static struct turn_times round_times(const struct ring_rounds *rounds, uint32_t index)
{
	const struct round_times *times = &rounds->times[index];

	return (struct turn_times){
		.ns = {
			[TURN_PART_ioctl_enter] = &times->enter_ns,
			[TURN_PART_kvm_entry] = &times->entry_ns,
			[TURN_PART_kvm_exit] = &times->exit_ns,
			[TURN_PART_kvm_pio] = rounds->parts & ROUND_EXIT ? &times->exit_ns : &times->enter_ns,
			[TURN_PART_kvm_userspace_exit] = &times->end_ns,
			[TURN_PART_ioctl_exit] = &times->end_ns,
		},
		.stride = sizeof(*times) / sizeof(uint64_t),
	};
}

void round_records(const struct ring_rounds *rounds, uint32_t index, union record recs[TURN_PART_CNT])
{
#define KIND_ROW(name) REC_##name,
	static const uint32_t kinds[] = { TRACE_TURN_KINDS(KIND_ROW) };
	const struct turn_times times = round_times(rounds, index);

	recs[TURN_PART_ioctl_enter].ioctl_enter = (struct rec_ioctl_enter){
		.vm = rounds->vm,
		.func = IOCTL_FUNC_VCPU,
		.cmd = KVM_RUN_CMD,
		.vcpu_id = rounds->vcpu_id,
	};
	recs[TURN_PART_kvm_entry].kvm_entry = (struct rec_kvm_entry){
		.rip = rounds->entry_rip,
		.vcpu_id = (uint32_t)rounds->vcpu_id,
	};
	recs[TURN_PART_kvm_exit].kvm_exit = (struct rec_kvm_exit){
		.rip = rounds->exit_rip,
		.info1 = rounds->info1,
		.info2 = rounds->info2,
		.reason = rounds->reason,
		.isa = rounds->isa,
		.intr_info = rounds->intr_info,
		.error_code = rounds->error_code,
		.vcpu_id = (uint32_t)rounds->vcpu_id,
	};
	recs[TURN_PART_kvm_pio].kvm_pio = (struct rec_kvm_pio){
		.is_out = rounds->is_out,
		.port = rounds->port,
		.size = rounds->size,
		.count = rounds->count,
		.value = rounds->value,
	};
	recs[TURN_PART_kvm_userspace_exit].kvm_userspace_exit = (struct rec_kvm_userspace_exit){
		.reason = rounds->user_reason,
		.error = rounds->user_error,
	};
	recs[TURN_PART_ioctl_exit].ioctl_exit = (struct rec_ioctl_exit){
		.result = rounds->result,
		.func = IOCTL_FUNC_VCPU,
		.cmd = KVM_RUN_CMD,
	};
	for (int i = 0; i < TURN_PART_CNT; i++) {
		recs[i].header = rounds->header;
		recs[i].header.kind = kinds[i];
		recs[i].header.size = record_kind(kinds[i])->size;
		recs[i].header.time_ns = *times.ns[i];
	}
}

/* Whether the rounds differ from the last ones of their thread in nothing but time. */
static bool is_again(const struct ring_rounds *rounds, const struct last_rounds *last)
{
	const size_t begin = offsetof(struct ring_rounds, header.tid);
	const size_t cnt = offsetof(struct ring_rounds, cnt), after = cnt + sizeof(rounds->cnt);
	const uint8_t *head = (const uint8_t *)rounds;

	return !memcmp(head + begin, last->head + begin, cnt - begin) &&
	       !memcmp(head + after, last->head + after, ROUNDS_HEAD_SZ - after);
}

/* As it is, whatever was before. */
static int round_put(struct round_writer *writer, const struct ring_rounds *rounds, uint32_t index)
{
	union record recs[TURN_PART_CNT];

	round_records(rounds, index, recs);
	return trace_writer_turn(writer->trace, recs, rounds->parts);
}

int round_writer_put(struct round_writer *writer, const struct ring_rounds *rounds)
{
	struct last_rounds *last = &writer->last[rounds->header.tid % LAST_CNT];
	struct turn_times times;
	bool is_known = is_again(rounds, last);
	uint32_t done = 0;
	int err;

	memcpy(last->head, rounds, sizeof(last->head));
	do {
		err = -ENODATA;
		times = round_times(rounds, done);
		if (is_known)
			err = trace_writer_repeat_turns(writer->trace, &rounds->header, rounds->parts, &times,
							rounds->cnt - done);
		if (err != -ENODATA)
			return err;
		err = round_put(writer, rounds, done++);
		is_known = true;
	} while (!err && done < rounds->cnt);
	return err;
}
