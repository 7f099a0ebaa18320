/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What every program needs: who is traced, the ring buffer, and the count of what was lost. */
#ifndef KVMTREE_EMIT_BPF_H
#define KVMTREE_EMIT_BPF_H

#include "bpf/kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "bpf/records.h"
#include "bpf/control.h"

/* The processes that are traced, by tgid. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TRACED_MAX);
	__type(key, u32);
	__type(value, u8);
} traced SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 24); /* the recorder sets it: control.h */
} ring SEC(".maps");

/* One of these per CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct cpu_loss);
} loss SEC(".maps");

static __always_inline bool is_traced(u64 pid_tgid)
{
	u32 tgid = pid_tgid >> 32;

	return bpf_map_lookup_elem(&traced, &tgid) != NULL;
}

static __always_inline void header_fill(struct rec_header *header, u32 kind, u32 size,
					u64 pid_tgid)
{
	header->size = size;
	header->kind = kind;
	header->time_ns = bpf_ktime_get_ns();
	header->tid = (u32)pid_tgid;
	header->tgid = pid_tgid >> 32;
	header->cpu = bpf_get_smp_processor_id();
	header->flags = 0;
}

static __always_inline struct cpu_loss *cpu_loss(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&loss, &zero);
}

/*
 * Writes what this CPU lost since it last could write. Out of line: it is for the bad
 * day only. The count is set back only when the record that tells it has its room.
 */
static __noinline int loss_tell(u64 pid_tgid)
{
	struct cpu_loss *mine = cpu_loss();
	struct rec_lost *rec;

	if (!mine)
		return 0;
	rec = bpf_ringbuf_reserve(&ring, sizeof(*rec), 0);
	if (!rec)
		return 0;
	header_fill(&rec->header, REC_lost, sizeof(*rec), pid_tgid);
	/* an add, not an exchange: kernels before 5.12 know no other atomic */
	rec->count = mine->untold;
	__sync_fetch_and_add(&mine->untold, -rec->count);
	rec->cause = REC_LOST_RING_FULL;
	rec->reserved = 0;
	bpf_ringbuf_submit(rec, BPF_RB_NO_WAKEUP);
	return 0;
}

/* Room for a record with its header filled in, or NULL: then it is counted as lost. */
static __always_inline void *emit_reserve(u32 kind, u32 size, u64 pid_tgid)
{
	struct cpu_loss *mine = cpu_loss();
	void *rec;

	if (mine && mine->untold)
		loss_tell(pid_tgid);
	rec = bpf_ringbuf_reserve(&ring, size, 0);
	if (rec) {
		header_fill(rec, kind, size, pid_tgid);
	} else if (mine) {
		__sync_fetch_and_add(&mine->untold, 1);
		__sync_fetch_and_add(&mine->total, 1);
	}
	return rec;
}

#define EMIT_RESERVE(name, pid_tgid)                                                             \
	((struct rec_##name *)emit_reserve(REC_##name, sizeof(struct rec_##name), pid_tgid))

/* The recorder comes by itself every few milliseconds: waking it would cost more than the record. */
static __always_inline void emit(void *rec)
{
	bpf_ringbuf_submit(rec, BPF_RB_NO_WAKEUP);
}

/* For what the recorder must act upon. */
static __always_inline void emit_now(void *rec)
{
	bpf_ringbuf_submit(rec, BPF_RB_FORCE_WAKEUP);
}

#endif
