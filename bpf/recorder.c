/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Drains the ring buffer into the trace file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <bpf/libbpf.h>

#include "bpf/ancestors.h"
#include "bpf/recorder.h"
#include "bpf/round_writer.h"
#include "bpf/vcpu_ledger.h"

/* A recorder that is killed loses at most this much, and what is in the ring. */
#define FLUSH_AFTER_NS 250000000ull

struct recorder {
	struct recorder_parts parts;
	struct catch_up *catch_up; /* with a trigger or a ring file */
	uint64_t ring_bytes;	   /* how large the ring file was when it was looked at last */
	struct round_writer *rounds;
	struct ring_buffer *ring;
	struct recorder_totals totals;
	struct vcpu_ledger *ledger;
	uint64_t record_ns; /* the largest time of a record */
	uint64_t flushed_ns;
	uint64_t drain_number, refused_drain; /* when the process was refused last */
	uint32_t refused_tgid;
	struct ancestors ancestors; /* of who was stopped last */
	int err; /* the first error of the file */
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void recorder_probe(struct recorder *recorder, const char *path)
{
	uint32_t first = recorder->parts.plan->func_cnt;

	programs_probe_binary(recorder->parts.programs, recorder->parts.plan, path);
	if (recorder->parts.plan->func_cnt > first && !recorder->err) {
		size_t text_sz;
		char *text = plan_funcs_text(recorder->parts.plan, first, &text_sz);

		recorder->err = text ? trace_writer_text(recorder->parts.writer, TRACE_CHUNK_FUNCS, text,
							 text_sz) :
				       -ENOMEM;
		if (text && recorder->parts.trigger)
			trigger_funcs(recorder->parts.trigger, text);
		free(text);
	}
}

/* A traced process has become another program, and waits: probe it, then let it go on. */
static void exec_handle(struct recorder *recorder, const struct rec_process_exec *rec)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/exe", rec->header.tgid);
	recorder_probe(recorder, path);
	if (!rec->is_stopped)
		return;
	programs_let_go(recorder->parts.programs, (pid_t)rec->header.tgid);
	ancestors_of(&recorder->ancestors, rec->header.tgid, now_ns());
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

static void record_take(void *context, const union record *rec)
{
	struct recorder *recorder = context;
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

static void rounds_take(struct recorder *recorder, const struct ring_rounds *rounds)
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
				record_take(recorder, &recs[i]);
	}
}

static int on_record(void *context, void *data, size_t data_sz)
{
	struct recorder *recorder = context;
	const struct rec_header *header = data;

	if (data_sz < sizeof(*header) || header->size > data_sz)
		recorder->err = -EINVAL;
	else if (header->kind == RING_ROUNDS)
		rounds_take(recorder, data);
	else
		record_take(recorder, data);
	return 0;
}

static void on_rounds_left(void *context, const struct ring_rounds *rounds)
{
	rounds_take(context, rounds);
}

static void on_count_left(void *context, const struct rec_vcpu_counter *counter)
{
	union record rec = { .vcpu_counter = *counter };

	rec.header.kind = REC_vcpu_counter;
	rec.header.size = sizeof(rec.vcpu_counter);
	rec.header.time_ns = now_ns();
	record_take(context, &rec);
}

void recorder_finish(struct recorder *recorder)
{
	recorder_drain(recorder);
	programs_rounds_left(recorder->parts.programs, on_rounds_left, recorder);
	programs_counts_left(recorder->parts.programs, on_count_left, recorder);
}

struct name_threads {
	struct recorder *recorder;
	const struct running_vmm *vmm;
};

static int thread_name(void *context, pid_t tid)
{
	const struct name_threads *name = context;
	union record rec = { .process_exec = {
		.header = {
			.size = sizeof(rec.process_exec),
			.kind = REC_process_exec,
			.time_ns = now_ns(),
			.tid = (uint32_t)tid,
			.tgid = (uint32_t)name->vmm->pid,
		},
		.comm_sz = REC_COMM_MAX,
	} };

	memcpy(rec.process_exec.comm, name->vmm->comm, REC_COMM_MAX);
	record_take(name->recorder, &rec);
	return 0;
}

int recorder_attach(struct recorder *recorder, const struct running_vmm *vmm)
{
	struct name_threads name = { recorder, vmm };
	int err = running_threads_each(vmm->pid, thread_name, &name);

	if (recorder->parts.selection)
		selection_add(recorder->parts.selection, vmm);
	return err ? err : programs_trace(recorder->parts.programs, vmm->pid);
}

int recorder_new(struct recorder **out, const struct recorder_parts *parts)
{
	struct recorder *recorder = calloc(1, sizeof(*recorder));
	bool wants_catch_up = parts->trigger || parts->ring;
	int err = -ENOMEM;

	*out = NULL;
	if (!recorder)
		return err;
	recorder->parts = *parts;
	recorder->flushed_ns = now_ns();
	recorder->rounds = round_writer_new(parts->writer);
	recorder->ledger = vcpu_ledger_new();
	recorder->catch_up = wants_catch_up ? catch_up_new() : NULL;
	if (recorder->rounds && recorder->ledger && (!wants_catch_up || recorder->catch_up)) {
		recorder->ring = ring_buffer__new(programs_ring_fd(parts->programs), on_record,
						  recorder, NULL);
		err = recorder->ring ? 0 : -errno;
	}
	if (err)
		recorder_free(recorder);
	else
		*out = recorder;
	return err;
}

void recorder_free(struct recorder *recorder)
{
	if (!recorder)
		return;
	ring_buffer__free(recorder->ring);
	catch_up_free(recorder->catch_up);
	vcpu_ledger_free(recorder->ledger);
	round_writer_free(recorder->rounds);
	free(recorder);
}

int recorder_fd(const struct recorder *recorder)
{
	return ring_buffer__epoll_fd(recorder->ring);
}

int recorder_drain(struct recorder *recorder)
{
	uint64_t before = recorder->totals.records;
	int err;

	recorder->drain_number++;
	err = ring_buffer__consume(recorder->ring);
	ancestors_continue(&recorder->ancestors, recorder->parts.programs, now_ns());
	if (err < 0 && !recorder->err)
		recorder->err = err;
	if (recorder->err)
		return recorder->err;
	return (int)(recorder->totals.records - before);
}

int recorder_flush_due(struct recorder *recorder)
{
	uint64_t now = now_ns();

	if (recorder->err || now - recorder->flushed_ns < FLUSH_AFTER_NS)
		return recorder->err;
	recorder->flushed_ns = now;
	recorder->err = trace_writer_flush(recorder->parts.writer);
	if (recorder->parts.trigger)
		trigger_look(recorder->parts.trigger, now);
	return recorder->err;
}

bool recorder_is_over(const struct recorder *recorder)
{
	return recorder->parts.trigger && trigger_is_over(recorder->parts.trigger);
}

struct recorder_totals recorder_totals(const struct recorder *recorder)
{
	struct recorder_totals totals = recorder->totals;
	uint64_t lost = programs_lost(recorder->parts.programs);
	struct vcpu_sum sum = vcpu_ledger_sum(recorder->ledger);

	totals.vcpus = sum.vcpus;
	totals.kvm_exits = sum.exits;

	/* What no record could tell of any more is lost all the same. */
	if (lost > totals.lost)
		totals.lost = lost;
	return totals;
}
