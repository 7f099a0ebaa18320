/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Threads of vCPUs that lose their CPU: who took it, and when they were woken. One record, when they
 * are back. A thread that never switches pays nothing; every other switch of the machine pays two
 * look-ups.
 */
#ifndef KVMTREE_SCHED_BPF_H
#define KVMTREE_SCHED_BPF_H

#include "bpf/choice.bpf.h"

/* While it is off its CPU; out_ns is 0 while it is on one. */
struct off_cpu {
	u64 out_ns, woken_ns;
	u32 state, is_preempted;
	u32 next_tid, waker_tid;
	char next_comm[REC_COMM_MAX], waker_comm[REC_COMM_MAX];
};

/*
 * The threads that have entered a guest, by tid. The scheduler's programs change what is there and
 * neither add nor take: that may want locks that the scheduler holds.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LOOPS_MAX);
	__type(key, u32);
	__type(value, struct off_cpu);
} loops SEC(".maps");

static __always_inline void loop_join(u64 pid_tgid)
{
	struct off_cpu none = { 0 };
	u32 tid = (u32)pid_tgid;

	if (!bpf_map_lookup_elem(&loops, &tid))
		bpf_map_update_elem(&loops, &tid, &none, BPF_NOEXIST);
}

/* The thread has ended: its number may become another's. */
static __always_inline void loop_forget(u64 pid_tgid)
{
	u32 tid = (u32)pid_tgid;

	bpf_map_delete_elem(&loops, &tid);
}

/* Since 5.14 the state has another name. */
struct task_struct___old {
	long state;
} CORE;

static __always_inline u32 task_state(struct task_struct *task)
{
	struct task_struct___old *old = (void *)task;

	if (bpf_core_field_exists(old->state))
		return BPF_CORE_READ(old, state);
	return BPF_CORE_READ(task, __state);
}

/* `task` is about to run on this CPU; nobody else writes to its `off` any more. */
static __always_inline void off_cpu_emit(struct off_cpu *off, struct task_struct *task)
{
	u64 pid_tgid = (u64)BPF_CORE_READ(task, tgid) << 32 | (u32)BPF_CORE_READ(task, pid);
	struct rec_off_cpu *rec;
	u64 out_ns = off->out_ns;

	off->out_ns = 0;
	if (is_ending || !is_traced(pid_tgid) || !is_heard(pid_tgid))
		return;
	rec = EMIT_RESERVE_ANYWHERE(off_cpu, pid_tgid);
	if (!rec)
		return;
	rec->out_ns = out_ns;
	rec->woken_ns = off->woken_ns;
	rec->state = off->state;
	rec->is_preempted = off->is_preempted;
	rec->next_tid = off->next_tid;
	rec->waker_tid = off->waker_tid;
	rec->next_comm_sz = REC_COMM_MAX;
	rec->waker_comm_sz = off->woken_ns ? REC_COMM_MAX : 0;
	__builtin_memcpy(rec->next_comm, off->next_comm, REC_COMM_MAX);
	__builtin_memcpy(rec->waker_comm, off->waker_comm, REC_COMM_MAX);
	emit(rec);
}

SEC("raw_tracepoint/sched_switch")
int on_switch(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *prev = (struct task_struct *)ctx->args[1];
	struct task_struct *next = (struct task_struct *)ctx->args[2];
	u32 prev_tid = (u32)bpf_get_current_pid_tgid(), next_tid = BPF_CORE_READ(next, pid);
	struct off_cpu *off = bpf_map_lookup_elem(&loops, &prev_tid);

	if (off) {
		if (has_rounds && !(ctx->args[0] & 1))
			sleep_settle(bpf_get_current_pid_tgid());
		off->state = task_state(prev);
		off->is_preempted = ctx->args[0] & 1;
		off->woken_ns = 0;
		off->waker_tid = 0;
		off->next_tid = next_tid;
		bpf_probe_read_kernel(off->next_comm, sizeof(off->next_comm), &next->comm);
		off->out_ns = bpf_ktime_get_ns();
	}
	off = bpf_map_lookup_elem(&loops, &next_tid);
	if (off && off->out_ns)
		off_cpu_emit(off, next);
	return 0;
}

/* It may run again from now on, when a CPU is free for it. */
SEC("raw_tracepoint/sched_waking")
int on_waking(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	u32 tid = BPF_CORE_READ(task, pid);
	struct off_cpu *off = bpf_map_lookup_elem(&loops, &tid);

	if (!off || !off->out_ns || off->woken_ns)
		return 0;
	off->waker_tid = (u32)bpf_get_current_pid_tgid();
	bpf_get_current_comm(off->waker_comm, sizeof(off->waker_comm));
	off->woken_ns = bpf_ktime_get_ns();
	return 0;
}

#endif
