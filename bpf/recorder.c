/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Drains the ring buffer into the trace file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>

#include "bpf/recorder_take.h"

/* A recorder that is killed loses at most this much, and what is in the ring. */
#define FLUSH_AFTER_NS 250000000ull

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

static int on_record(void *context, void *data, size_t data_sz)
{
	struct recorder *recorder = context;
	const struct rec_header *header = data;

	if (data_sz < sizeof(*header) || header->size > data_sz)
		recorder->err = -EINVAL;
	else if (header->kind == RING_ROUNDS)
		recorder_take_rounds(recorder, data);
	else
		recorder_take(recorder, data);
	return 0;
}

static void on_rounds_left(void *context, const struct ring_rounds *rounds)
{
	recorder_take_rounds(context, rounds);
}

static void on_count_left(void *context, const struct rec_vcpu_counter *counter)
{
	union record rec = { .vcpu_counter = *counter };

	rec.header.kind = REC_vcpu_counter;
	rec.header.size = sizeof(rec.vcpu_counter);
	rec.header.time_ns = clock_ns(CLOCK_MONOTONIC);
	recorder_take(context, &rec);
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
			.time_ns = clock_ns(CLOCK_MONOTONIC),
			.tid = (uint32_t)tid,
			.tgid = (uint32_t)name->vmm->pid,
		},
		.comm_sz = REC_COMM_MAX,
	} };

	memcpy(rec.process_exec.comm, name->vmm->comm, REC_COMM_MAX);
	recorder_take(name->recorder, &rec);
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
	recorder->flushed_ns = clock_ns(CLOCK_MONOTONIC);
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
	ancestors_continue(&recorder->ancestors, recorder->parts.programs, clock_ns(CLOCK_MONOTONIC));
	if (err < 0 && !recorder->err)
		recorder->err = err;
	if (recorder->err)
		return recorder->err;
	return (int)(recorder->totals.records - before);
}

int recorder_flush_due(struct recorder *recorder)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

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
