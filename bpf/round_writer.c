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

/* The bits of a round are the parts of a turn. */
_Static_assert(ROUND_ENTER == 1 << TURN_PART_ioctl_enter && ROUND_ENTRY == 1 << TURN_PART_kvm_entry &&
	       ROUND_EXIT == 1 << TURN_PART_kvm_exit && ROUND_PIO == 1 << TURN_PART_kvm_pio &&
	       ROUND_USER == 1 << TURN_PART_kvm_userspace_exit &&
	       ROUND_LEAVE == 1 << TURN_PART_ioctl_exit, "parts of a round and of a turn");

/* Threads whose last round is known: by tid, and who finds his place taken takes it. */
#define LAST_CNT 256

struct round_writer {
	struct trace_writer *writer;
	struct ring_round last[LAST_CNT];
};

struct round_writer *round_writer_new(struct trace_writer *writer)
{
	struct round_writer *rounds = calloc(1, sizeof(*rounds));

	if (rounds)
		rounds->writer = writer;
	return rounds;
}

void round_writer_free(struct round_writer *rounds)
{
	free(rounds);
}

/* Port I/O has the time of what came before it. */
static void round_times(const struct ring_round *round, uint64_t times_ns[TURN_PART_CNT])
{
	times_ns[TURN_PART_ioctl_enter] = round->enter_ns;
	times_ns[TURN_PART_kvm_entry] = round->entry_ns;
	times_ns[TURN_PART_kvm_exit] = round->exit_ns;
	times_ns[TURN_PART_kvm_pio] = round->parts & ROUND_EXIT ? round->exit_ns : round->enter_ns;
	times_ns[TURN_PART_kvm_userspace_exit] = round->user_ns;
	times_ns[TURN_PART_ioctl_exit] = round->leave_ns;
}

void round_records(const struct ring_round *round, union record recs[TURN_PART_CNT])
{
#define KIND_ROW(name) REC_##name,
	static const uint32_t kinds[] = { TRACE_TURN_KINDS(KIND_ROW) };
	uint64_t times_ns[TURN_PART_CNT];

	recs[TURN_PART_ioctl_enter].ioctl_enter = (struct rec_ioctl_enter){
		.vm = round->vm,
		.func = IOCTL_FUNC_VCPU,
		.cmd = KVM_RUN_CMD,
		.vcpu_id = round->vcpu_id,
	};
	recs[TURN_PART_kvm_entry].kvm_entry = (struct rec_kvm_entry){
		.rip = round->entry_rip,
		.vcpu_id = (uint32_t)round->vcpu_id,
	};
	recs[TURN_PART_kvm_exit].kvm_exit = (struct rec_kvm_exit){
		.rip = round->exit_rip,
		.info1 = round->info1,
		.info2 = round->info2,
		.reason = round->reason,
		.isa = round->isa,
		.intr_info = round->intr_info,
		.error_code = round->error_code,
		.vcpu_id = (uint32_t)round->vcpu_id,
	};
	recs[TURN_PART_kvm_pio].kvm_pio = (struct rec_kvm_pio){
		.is_out = round->is_out,
		.port = round->port,
		.size = round->size,
		.count = round->count,
		.value = round->value,
	};
	recs[TURN_PART_kvm_userspace_exit].kvm_userspace_exit = (struct rec_kvm_userspace_exit){
		.reason = round->user_reason,
		.error = round->user_error,
	};
	recs[TURN_PART_ioctl_exit].ioctl_exit = (struct rec_ioctl_exit){
		.result = round->result,
		.func = IOCTL_FUNC_VCPU,
		.cmd = KVM_RUN_CMD,
	};
	round_times(round, times_ns);
	for (int i = 0; i < TURN_PART_CNT; i++) {
		recs[i].header = round->header;
		recs[i].header.kind = kinds[i];
		recs[i].header.size = record_kind(kinds[i])->size;
		recs[i].header.time_ns = times_ns[i];
	}
}

/* Whether the round differs from the last of its thread in nothing but time. */
static bool is_again(const struct ring_round *round, const struct ring_round *last)
{
	const size_t begin = offsetof(struct ring_round, header.tid), end = offsetof(struct ring_round, enter_ns);

	return !memcmp((const char *)round + begin, (const char *)last + begin, end - begin);
}

int round_writer_put(struct round_writer *rounds, const struct ring_round *round)
{
	struct ring_round *last = &rounds->last[round->header.tid % LAST_CNT];
	union record recs[TURN_PART_CNT];
	uint64_t times_ns[TURN_PART_CNT];
	int err = -ENODATA;

	if (is_again(round, last)) {
		round_times(round, times_ns);
		err = trace_writer_repeat_turn(rounds->writer, &round->header, round->parts, times_ns);
	}
	if (err != -ENODATA)
		return err;
	*last = *round;
	round_records(round, recs);
	return trace_writer_turn(rounds->writer, recs, round->parts);
}
