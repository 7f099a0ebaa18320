/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Who is traced, the ring buffer, and the count of what was lost. */
#ifndef KVMTREE_RING_BPF_H
#define KVMTREE_RING_BPF_H

#include "bpf/kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "bpf/records.h"
#include "bpf/control.h"
#include "bpf/round.h"

/* Set before loading: the programs of round.bpf.h are there, and those of KVM's ioctls. */
const volatile bool has_rounds, has_run_ioctls = true;

/*
 * Whoever uses KVM is traced, not only those that the recorder names. Set when all programs are attached: of
 * a vCPU that was met before, some exits would be missing.
 */
volatile bool wants_all;

/* Set before loading: not everything of whom is traced is recorded (choice.bpf.h). */
const volatile bool is_choosy;

/* Set when the recorder is about to go: from then on nobody may be made to wait for it. */
volatile bool is_ending;

/* Two threads have wanted the same slot. */
bool has_more_slots;

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

/* Somebody uses KVM: is it to be recorded? Where all are, this is how they are met. */
static __always_inline bool is_wanted(u64 pid_tgid)
{
	u32 tgid = pid_tgid >> 32;
	u8 one = TRACED_YES, *how = bpf_map_lookup_elem(&traced, &tgid);

	if (how)
		return !is_choosy || *how == TRACED_YES;
	if (!wants_all || is_ending)
		return false;
	return !bpf_map_update_elem(&traced, &tgid, &one, BPF_ANY);
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
__noinline int loss_tell(u64 pid_tgid)
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

/* Some CPU has lost a record at some time: as long as it is not so, nobody needs to look. */
bool has_loss;

static __always_inline void loss_count(struct cpu_loss *mine, u64 count, u64 exits)
{
	has_loss = true;
	if (!mine)
		return;
	__sync_fetch_and_add(&mine->untold, count);
	__sync_fetch_and_add(&mine->total, count);
	/* of a constant 0 the compiler would make an atomic `or`, which Linux before 5.12 has not got */
	if (exits)
		__sync_fetch_and_add(&mine->exits, exits);
}

/* Writes what this CPU has not told yet of what it lost. */
static __always_inline void loss_settle(u64 pid_tgid)
{
	struct cpu_loss *mine = has_loss ? cpu_loss() : NULL;

	if (mine && mine->untold)
		loss_tell(pid_tgid);
}

#endif
