/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The eBPF programs: KVM's ioctls, functions of the walk, and the life of the traced processes. */
#include "bpf/emit.bpf.h"
#include "bpf/events.bpf.h"
#include <asm/ioctl.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* The VMs of traced processes, by struct kvm *: a VM may outlive the thread that made it. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, VMS_MAX);
	__type(key, u64);
	__type(value, u8);
} vms SEC(".maps");

static __always_inline void vm_remember(u64 vm)
{
	u8 one = 1;

	bpf_map_update_elem(&vms, &vm, &one, BPF_ANY);
}

/* --- ioctls ---------------------------------------------------------------- */

/* The structure behind an ioctl's argument, as far as the record holds it. */
static __always_inline void ioctl_data_emit(u32 cmd, u64 arg, u64 pid_tgid)
{
	u32 size = _IOC_SIZE(cmd);
	struct rec_ioctl_data *rec;

	if (!size || !arg)
		return;
	if (size > REC_IOCTL_DATA_MAX)
		size = REC_IOCTL_DATA_MAX;
	rec = EMIT_RESERVE(ioctl_data, pid_tgid);
	if (!rec)
		return;
	rec->cmd = cmd;
	rec->data_sz = size;
	if (bpf_probe_read_user(rec->data, size, (void *)arg))
		rec->data_sz = 0;
	emit(rec);
}

static __always_inline void ioctl_enter(u32 func, u64 vm, s32 vcpu_id, u32 cmd, u64 arg)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	struct rec_ioctl_enter *rec;

	if (!is_traced(pid_tgid))
		return;
	rec = EMIT_RESERVE(ioctl_enter, pid_tgid);
	if (!rec)
		return;
	rec->vm = vm;
	rec->arg = arg;
	rec->func = func;
	rec->cmd = cmd;
	rec->vcpu_id = vcpu_id;
	rec->reserved = 0;
	emit(rec);
	if (_IOC_DIR(cmd) & _IOC_WRITE)
		ioctl_data_emit(cmd, arg, pid_tgid);
	if (vm && cmd != KVM_RUN_CMD)
		vm_remember(vm);
}

static __always_inline void ioctl_exit(u32 func, u32 cmd, u64 arg, s64 result)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	struct rec_ioctl_exit *rec;

	if (!is_traced(pid_tgid))
		return;
	if (_IOC_DIR(cmd) == _IOC_READ && result >= 0)
		ioctl_data_emit(cmd, arg, pid_tgid);
	rec = EMIT_RESERVE(ioctl_exit, pid_tgid);
	if (!rec)
		return;
	rec->result = result;
	rec->func = func;
	rec->cmd = cmd;
	emit(rec);
}

SEC("fentry")
int BPF_PROG(dev_ioctl_enter, struct file *filp, unsigned int cmd, unsigned long arg)
{
	ioctl_enter(IOCTL_FUNC_DEV, 0, -1, cmd, arg);
	return 0;
}

SEC("fexit")
int BPF_PROG(dev_ioctl_exit, struct file *filp, unsigned int cmd, unsigned long arg, long result)
{
	ioctl_exit(IOCTL_FUNC_DEV, cmd, arg, result);
	return 0;
}

SEC("fentry")
int BPF_PROG(vm_ioctl_enter, struct file *filp, unsigned int cmd, unsigned long arg)
{
	ioctl_enter(IOCTL_FUNC_VM, (u64)filp->private_data, -1, cmd, arg);
	return 0;
}

SEC("fexit")
int BPF_PROG(vm_ioctl_exit, struct file *filp, unsigned int cmd, unsigned long arg, long result)
{
	ioctl_exit(IOCTL_FUNC_VM, cmd, arg, result);
	return 0;
}

SEC("fentry")
int BPF_PROG(vcpu_ioctl_enter, struct file *filp, unsigned int cmd, unsigned long arg)
{
	struct kvm_vcpu *vcpu = filp->private_data;

	ioctl_enter(IOCTL_FUNC_VCPU, (u64)BPF_CORE_READ(vcpu, kvm), BPF_CORE_READ(vcpu, vcpu_id),
		    cmd, arg);
	return 0;
}

SEC("fexit")
int BPF_PROG(vcpu_ioctl_exit, struct file *filp, unsigned int cmd, unsigned long arg, long result)
{
	ioctl_exit(IOCTL_FUNC_VCPU, cmd, arg, result);
	return 0;
}

/* KVM's own count, read when the vCPU goes: by whoever dropped the last reference. */
SEC("fentry")
int BPF_PROG(vcpu_destroy_enter, struct kvm_vcpu *vcpu)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	u64 vm = (u64)vcpu->kvm;
	struct rec_vcpu_counter *rec;

	if (!bpf_map_lookup_elem(&vms, &vm))
		return 0;
	rec = EMIT_RESERVE(vcpu_counter, pid_tgid);
	if (!rec)
		return 0;
	rec->vm = vm;
	rec->exits = vcpu->stat.exits;
	rec->vcpu_id = vcpu->vcpu_id;
	rec->reserved = 0;
	emit(rec);
	return 0;
}

/* --- functions --------------------------------------------------------------- */

static __always_inline struct rec_func_enter *func_enter_reserve(u32 func, u64 pid_tgid)
{
	struct rec_func_enter *rec = EMIT_RESERVE(func_enter, pid_tgid);

	if (rec) {
		rec->arg0 = rec->arg1 = rec->arg2 = 0;
		rec->func = func;
		rec->arg_cnt = 0;
	}
	return rec;
}

static __always_inline void func_exit_emit(u32 func, s64 result, u64 pid_tgid)
{
	struct rec_func_exit *rec = EMIT_RESERVE(func_exit, pid_tgid);

	if (!rec)
		return;
	rec->result = result;
	rec->func = func;
	rec->reserved = 0;
	emit(rec);
}

/* Never attached themselves: the recorder loads a copy per function (control.h). */
SEC("fentry")
int kernel_func_enter(u64 *ctx)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	u64 arg0 = 0, arg1 = 0, arg2 = 0;
	struct rec_func_enter *rec;

	if (!is_traced(pid_tgid))
		return 0;
	rec = func_enter_reserve(FUNC_ID_MARK, pid_tgid);
	if (!rec)
		return 0;
	bpf_get_func_arg(ctx, 0, &arg0);
	bpf_get_func_arg(ctx, 1, &arg1);
	bpf_get_func_arg(ctx, 2, &arg2);
	rec->arg0 = arg0;
	rec->arg1 = arg1;
	rec->arg2 = arg2;
	rec->arg_cnt = bpf_get_func_arg_cnt(ctx);
	emit(rec);
	return 0;
}

SEC("fexit")
int kernel_func_exit(u64 *ctx)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	u64 result = 0;

	if (!is_traced(pid_tgid))
		return 0;
	bpf_get_func_ret(ctx, &result);
	func_exit_emit(FUNC_ID_MARK, result, pid_tgid);
	return 0;
}

/* One pair of programs serves all uprobes: the attachment brings the id. */
SEC("uprobe")
int user_func_enter(struct pt_regs *ctx)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	struct rec_func_enter *rec;

	if (!is_traced(pid_tgid))
		return 0;
	rec = func_enter_reserve((u32)bpf_get_attach_cookie(ctx), pid_tgid);
	if (!rec)
		return 0;
	rec->arg0 = PT_REGS_PARM1(ctx);
	rec->arg1 = PT_REGS_PARM2(ctx);
	rec->arg2 = PT_REGS_PARM3(ctx);
	rec->arg_cnt = 3;
	emit(rec);
	return 0;
}

SEC("uretprobe")
int user_func_exit(struct pt_regs *ctx)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();

	if (is_traced(pid_tgid))
		func_exit_emit((u32)bpf_get_attach_cookie(ctx), PT_REGS_RC(ctx), pid_tgid);
	return 0;
}

/* --- processes --------------------------------------------------------------- */

/* Set when the recorder is about to go: from then on nobody may be made to wait for it. */
volatile bool is_ending;

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, SEEN_MAX);
	__type(key, struct seen_file);
	__type(value, u8);
} seen SEC(".maps");

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
	rec = EMIT_RESERVE(process_exec, pid_tgid);
	if (!rec)
		return 0;
	rec->comm_sz = REC_COMM_MAX;
	rec->is_stopped = !is_ending && !is_seen(bprm) && bpf_send_signal(SIGSTOP_NR) == 0;
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

	if (tgid == (u32)BPF_CORE_READ(task, pid))
		bpf_map_delete_elem(&traced, &tgid);
	return 0;
}
