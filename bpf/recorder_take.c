/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One record, or rounds of them, out of the ring: judged, counted, acted upon, written. */
#include <stdio.h>

#include "bpf/recorder_take.h"

/* A traced process has become another program, and waits: probe it, then let it go on. */
static void exec_handle(struct recorder *recorder, const struct rec_process_exec *rec)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/exe", rec->header.tgid);
	recorder_probe(recorder, path);
	if (!rec->is_stopped)
		return;
	programs_let_go(recorder->parts.programs, (pid_t)rec->header.tgid);
	ancestors_of(&recorder->ancestors, rec->header.tgid, clock_ns(CLOCK_MONOTONIC));
}

/* What the recorder itself wants to know of a record that is written. */
static void record_count(struct recorder *recorder, const union record *rec)
{
	recorder->totals.records++;
	if (rec->header.time_ns > recorder->record_ns)
		recorder->record_ns = rec->header.time_ns;
	switch (rec->header.kind) {
	case REC_kvm_exit:
		recorder->totals.exits++;
		break;
	case REC_kvm_userspace_exit:
		recorder->totals.runs++;
		break;
	case REC_lost:
		recorder->totals.lost += rec->lost.count;
		break;
	case REC_vcpu_base:
	case REC_vcpu_counter:
		if (!recorder->err)
			recorder->err = vcpu_ledger_note(recorder->ledger, rec);
		break;
	}
}

/* When the file has grown: is it time to let something go? */
static int ring_turn(struct recorder *recorder)
{
	const struct recorder_parts *parts = &recorder->parts;
	struct ring_gone gone = {
		.records = recorder->totals.records,
		.exits = recorder->totals.exits,
		.time_ns = recorder->record_ns,
	};
	int err;

	if (!parts->ring || trace_writer_bytes(parts->writer) == recorder->ring_bytes)
		return 0;
	err = ring_file_turn(parts->ring, parts->writer, parts->ring_fd, recorder->catch_up, &gone);
	recorder->ring_bytes = trace_writer_bytes(parts->writer);
	return err;
}

static void record_write(struct recorder *recorder, const union record *rec)
{
	if (!recorder->err)
		recorder->err = trace_writer_record(recorder->parts.writer, rec);
	record_count(recorder, rec);
	if (!recorder->err)
		recorder->err = ring_turn(recorder);
}

/* After the end of the recording: a vCPU's count, less what it did since, is still of interest. */
static void record_leave_out(struct recorder *recorder, const union record *rec)
{
	union record counter = *rec;
	uint64_t left_out;

	if (rec->header.kind != REC_vcpu_counter)
		return;
	left_out = catch_up_left_out(recorder->catch_up, rec->vcpu_counter.vm, rec->vcpu_counter.vcpu_id);
	if (rec->vcpu_counter.exits <= left_out)
		return; /* it came after the end */
	counter.vcpu_counter.exits -= left_out;
	record_write(recorder, &counter);
}

/* Records nothing of this process any more; what came before is still on its way. */
static void refuse(struct recorder *recorder, uint32_t tgid)
{
	if (recorder->refused_tgid == tgid && recorder->refused_drain == recorder->drain_number)
		return;
	recorder->refused_tgid = tgid;
	recorder->refused_drain = recorder->drain_number;
	programs_refuse(recorder->parts.programs, (pid_t)tgid);
}

void recorder_take(struct recorder *recorder, const union record *rec)
{
	bool is_kept;

	if (recorder->parts.selection && selection_judge(recorder->parts.selection, rec) == VERDICT_REFUSE) {
		refuse(recorder, rec->header.tgid);
		return;
	}
	is_kept = !recorder->parts.trigger || trigger_take(recorder->parts.trigger, rec);
	if (is_kept)
		record_write(recorder, rec);
	else
		record_leave_out(recorder, rec);
	if (recorder->catch_up)
		catch_up_note(recorder->catch_up, rec, is_kept);
	if (rec->header.kind == REC_process_exec)
		exec_handle(recorder, &rec->process_exec);
}

/* Nobody looks at the records one by one: then rounds need not become records. */
static void rounds_write(struct recorder *recorder, const struct ring_rounds *rounds)
{
	if (!recorder->err)
		recorder->err = round_writer_put(recorder->rounds, rounds);
	recorder->totals.records += (uint64_t)__builtin_popcount(rounds->parts) * rounds->cnt;
	recorder->totals.exits += rounds->parts & ROUND_EXIT ? rounds->cnt : 0;
	recorder->totals.runs += rounds->parts & ROUND_USER ? rounds->cnt : 0;
}

void recorder_take_rounds(struct recorder *recorder, const struct ring_rounds *rounds)
{
	union record recs[TURN_PART_CNT];

	if (!recorder->parts.selection && !recorder->parts.trigger && !recorder->catch_up) {
		rounds_write(recorder, rounds);
		return;
	}
	for (uint32_t index = 0; index < rounds->cnt; index++) {
		round_records(rounds, index, recs);
		for (uint32_t i = 0; i < TURN_PART_CNT; i++)
			if (rounds->parts >> i & 1)
				recorder_take(recorder, &recs[i]);
	}
}
