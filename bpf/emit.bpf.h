/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What every program needs to record something. */
#ifndef KVMTREE_EMIT_BPF_H
#define KVMTREE_EMIT_BPF_H

#include "bpf/slot.bpf.h"

/*
 * Room for a record with its header filled in, or NULL: then it is counted as lost. What may
 * interrupt another program of the same thread leaves the round alone: the record then stands before
 * what is older than it, and whoever reads the file puts it in its place.
 */
static __always_inline void *emit_reserve(u32 kind, u32 size, u64 pid_tgid, bool may_interrupt)
{
	void *rec;

	if (has_rounds && !may_interrupt)
		round_settle(pid_tgid);
	loss_settle(pid_tgid);
	rec = bpf_ringbuf_reserve(&ring, size, 0);
	if (rec)
		header_fill(rec, kind, size, pid_tgid);
	else
		loss_count(cpu_loss(), 1, kind == REC_kvm_exit);
	return rec;
}

#define EMIT_RESERVE(name, pid_tgid)                                                             \
	((struct rec_##name *)emit_reserve(REC_##name, sizeof(struct rec_##name), pid_tgid, false))
#define EMIT_RESERVE_ANYWHERE(name, pid_tgid)                                                    \
	((struct rec_##name *)emit_reserve(REC_##name, sizeof(struct rec_##name), pid_tgid, true))

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
