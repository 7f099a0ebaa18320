/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The life of the traced processes: who is made is traced too, and new programs are looked through. */
#ifndef KVMTREE_PROCESS_BPF_H
#define KVMTREE_PROCESS_BPF_H

#include "bpf/sched.bpf.h"
#include "bpf/vcpu_count.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, SEEN_MAX);
	__type(key, struct seen_file);
	__type(value, u8);
} seen SEC(".maps");

/* The processes that wait for the recorder, by tgid: the keeper lets them go on if it cannot. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, STOPPED_MAX);
	__type(key, u32);
	__type(value, u8);
} stopped SEC(".maps");

SEC("raw_tracepoint/sched_process_fork")
int on_fork(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *child = (struct task_struct *)ctx->args[1];
	u64 pid_tgid = bpf_get_current_pid_tgid();
	struct rec_process_fork *rec;
	u32 tgid = BPF_CORE_READ(child, tgid);
	u8 one = 1;

	if (is_ending || !is_traced(pid_tgid))
		return 0;
	bpf_map_update_elem(&traced, &tgid, &one, BPF_ANY);
	rec = EMIT_RESERVE(process_fork, pid_tgid);
	if (!rec)
		return 0;
	rec->child_tid = BPF_CORE_READ(child, pid);
	rec->child_tgid = tgid;
	emit(rec);
	return 0;
}

static __always_inline bool is_seen(struct linux_binprm *bprm)
{
	struct seen_file file = {
		.ino = BPF_CORE_READ(bprm, file, f_inode, i_ino),
		.dev = BPF_CORE_READ(bprm, file, f_inode, i_sb, s_dev),
	};

	return bpf_map_lookup_elem(&seen, &file) != NULL;
}

/* Who cannot be noted does not stop. */
static __always_inline bool stop(u32 tgid)
{
	u8 one = 1;

	if (bpf_map_update_elem(&stopped, &tgid, &one, BPF_ANY))
		return false;
	if (!bpf_send_signal(SIGSTOP_NR))
		return true;
	bpf_map_delete_elem(&stopped, &tgid);
	return false;
}

/*
 * A program that was not seen before stops before its first instruction until the recorder has
 * looked for functions to probe in it, and lets it go on. If the record cannot be written, nobody
 * would let it go on: so then it does not stop.
 */
SEC("raw_tracepoint/sched_process_exec")
int on_exec(struct bpf_raw_tracepoint_args *ctx)
{
	struct linux_binprm *bprm = (struct linux_binprm *)ctx->args[2];
	u64 pid_tgid = bpf_get_current_pid_tgid();
	struct rec_process_exec *rec;

	if (!is_traced(pid_tgid))
		return 0;
	if (is_choosy)
		process_choose_anew(pid_tgid);
	rec = EMIT_RESERVE(process_exec, pid_tgid);
	if (!rec)
		return 0;
	rec->comm_sz = REC_COMM_MAX;
	rec->is_stopped = !is_ending && !is_seen(bprm) && stop(pid_tgid >> 32);
	bpf_get_current_comm(rec->comm, sizeof(rec->comm));
	emit_now(rec);
	return 0;
}

SEC("raw_tracepoint/sched_process_exit")
int on_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	u64 pid_tgid = bpf_get_current_pid_tgid();
	struct rec_process_exit *rec;

	if (!is_traced(pid_tgid))
		return 0;
	if (has_rounds)
		vcpu_count_leave(pid_tgid);
	if (has_rounds || is_choosy)
		slot_forget(pid_tgid);
	loop_forget(pid_tgid);
	rec = EMIT_RESERVE(process_exit, pid_tgid);
	if (!rec)
		return 0;
	rec->wait_status = BPF_CORE_READ(task, exit_code);
	rec->comm_sz = REC_COMM_MAX;
	bpf_get_current_comm(rec->comm, sizeof(rec->comm));
	emit(rec);
	return 0;
}

/* Not when it exits: its VMs are destroyed after that. Pids are used again, so it must be forgotten. */
SEC("raw_tracepoint/sched_process_free")
int on_free(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx->args[0];
	u32 tgid = BPF_CORE_READ(task, tgid);

	if (tgid != (u32)BPF_CORE_READ(task, pid))
		return 0;
	bpf_map_delete_elem(&traced, &tgid);
	bpf_map_delete_elem(&stopped, &tgid);
	return 0;
}

#endif
