/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A vCPU's thread that computes in user space, without a system call and alone on its CPU, comes by no other
 * program: what it has done is put through the ring a few times a second (ticks.h).
 */
#ifndef KVMTREE_TICK_BPF_H
#define KVMTREE_TICK_BPF_H

#include "bpf/slot.bpf.h"

/*
 * The CPU was in user space, so no program is at work on this thread's slot. Slots of the second map hold
 * nothing back.
 */
SEC("perf_event")
int on_tick(void *ctx)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	struct slot *slot = slot_place(pid_tgid);

	(void)ctx;
	if (slot->pid_tgid == pid_tgid && slot->rounds.cnt)
		rounds_emit(slot);
	return 0;
}

#endif
