/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* KVM's ioctls, by fentry and fexit or, where these cannot be had, by kprobe and kretprobe. */
#ifndef KVMTREE_IOCTL_BPF_H
#define KVMTREE_IOCTL_BPF_H

#include "bpf/vcpu_count.bpf.h"
#include <linux/kvm.h>
#include <stddef.h>

/* What follows a structure that begins with the count of its entries: the size of each, or 0. */
static __always_inline u32 ioctl_entry_size(u32 cmd)
{
	switch (cmd) {
	case KVM_GET_SUPPORTED_CPUID:
	case KVM_GET_EMULATED_CPUID:
	case KVM_SET_CPUID2:
	case KVM_GET_CPUID2:
		return sizeof(struct kvm_cpuid_entry2);
	case KVM_GET_MSRS:
	case KVM_SET_MSRS:
		return sizeof(struct kvm_msr_entry);
	case KVM_GET_MSR_INDEX_LIST:
	case KVM_GET_MSR_FEATURE_INDEX_LIST:
		return sizeof(u32);
	case KVM_SET_GSI_ROUTING:
		return sizeof(struct kvm_irq_routing_entry);
	default:
		return 0;
	}
}

/* How much of the structure behind the argument is wanted. */
static __always_inline u32 ioctl_size(u32 cmd, u64 arg)
{
	u32 size = _IOC_SIZE(cmd), entry_sz = ioctl_entry_size(cmd), cnt = 0;

	/* beyond that it is the state of a vector unit, which nobody reads in a trace */
	if (size > sizeof(struct kvm_lapic_state))
		return REC_IOCTL_DATA_MAX;
	if (entry_sz && bpf_probe_read_user(&cnt, sizeof(cnt), (void *)arg))
		return 0;
	if (cnt > REC_IOCTL_ALL_MAX / 4)
		cnt = REC_IOCTL_ALL_MAX / 4;
	return size + entry_sz * cnt;
}

/* Not static: so the verifier looks at it once, and not at each turn of the loop that calls it. */
__noinline int ioctl_piece_emit(u32 cmd, u64 arg, u32 offset, u32 size)
{
	struct rec_ioctl_more *rec = EMIT_RESERVE(ioctl_more, bpf_get_current_pid_tgid());

	if (!rec)
		return 0;
	if (size > REC_IOCTL_MORE_MAX)
		size = REC_IOCTL_MORE_MAX;
	rec->cmd = cmd;
	rec->offset = offset;
	rec->data_sz = size;
	rec->reserved = 0;
	if (bpf_probe_read_user(rec->data, size, (void *)(arg + offset)))
		rec->data_sz = 0;
	emit(rec);
	return 0;
}

/* What of the structure does not go into the first record. */
static __noinline int ioctl_more_emit(u32 cmd, u64 arg, u32 size)
{
	for (u32 i = 0; i < (REC_IOCTL_ALL_MAX - REC_IOCTL_DATA_MAX) / REC_IOCTL_MORE_MAX; i++) {
		u32 offset = REC_IOCTL_DATA_MAX + i * REC_IOCTL_MORE_MAX;

		if (offset >= size)
			break;
		ioctl_piece_emit(cmd, arg, offset, size - offset);
	}
	return 0;
}

/* The structure behind an ioctl's argument. */
static __always_inline void ioctl_data_emit(u32 cmd, u64 arg, u64 pid_tgid)
{
	u32 size, first_sz;
	struct rec_ioctl_data *rec;

	if (!_IOC_SIZE(cmd) || !arg)
		return;
	size = first_sz = ioctl_size(cmd, arg);
	barrier_var(first_sz);
	if (first_sz > REC_IOCTL_DATA_MAX)
		first_sz = REC_IOCTL_DATA_MAX;
	rec = EMIT_RESERVE(ioctl_data, pid_tgid);
	if (!rec)
		return;
	rec->cmd = cmd;
	rec->data_sz = first_sz;
	if (bpf_probe_read_user(rec->data, first_sz, (void *)arg))
		rec->data_sz = 0;
	emit(rec);
	if (size > REC_IOCTL_DATA_MAX)
		ioctl_more_emit(cmd, arg, size);
}

/* --- what the VMM answers -------------------------------------------------------- */

/*
 * The reasons whose answer no tracepoint tells: of port I/O and MMIO kvm_pio and kvm_mmio tell it
 * when the guest is about to go on.
 */
#define ANSWERED (1ull << KVM_EXIT_HYPERCALL | 1ull << KVM_EXIT_X86_RDMSR | 1ull << KVM_EXIT_X86_WRMSR)

static __always_inline bool is_answered(u32 reason)
{
	return reason < 64 && ANSWERED >> reason & 1;
}

#define ANSWER_AT_REASON 8
#define ANSWER_AT_UNION  32
_Static_assert(offsetof(struct kvm_run, exit_reason) == ANSWER_AT_REASON, "kvm_run is ABI");
_Static_assert(offsetof(struct kvm_run, hypercall) == ANSWER_AT_UNION, "kvm_run is ABI");

/* The begin of struct kvm_run (<linux/kvm.h>), as far as these reasons need it. */
struct answer_head {
	u8 before[ANSWER_AT_REASON];
	u32 exit_reason;
	u8 between[ANSWER_AT_UNION - ANSWER_AT_REASON - 4];
	union {
		typeof(((struct kvm_run *)0)->hypercall) hypercall;
		typeof(((struct kvm_run *)0)->msr) msr;
	};
};

/* As KVM_RUN begins: what is in kvm_run of the exit for which it returned. */
static __noinline int answer_emit(struct kvm_vcpu *vcpu, u64 pid_tgid)
{
	struct kvm_run *run = BPF_CORE_READ(vcpu, run);
	struct rec_kvm_answer *rec;
	struct answer_head head;

	if (bpf_probe_read_kernel(&head, sizeof(head), run) || !is_answered(head.exit_reason))
		return 0;
	rec = EMIT_RESERVE(kvm_answer, pid_tgid);
	if (!rec)
		return 0;
	rec->reason = head.exit_reason;
	if (head.exit_reason == KVM_EXIT_HYPERCALL) {
		rec->index = head.hypercall.nr;
		rec->value = head.hypercall.ret;
		rec->error = 0;
	} else {
		rec->index = head.msr.index;
		rec->value = head.msr.data;
		rec->error = head.msr.error;
	}
	emit(rec);
	return 0;
}

static __always_inline void ioctl_enter(u32 func, u64 vm, s32 vcpu_id, u32 cmd, u64 arg)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	struct rec_ioctl_enter *rec;

	if (!is_wanted(pid_tgid))
		return;
	if (is_choosy && !call_choose(pid_tgid, vm, vcpu_id, cmd, arg))
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

	if (!is_wanted(pid_tgid))
		return;
	if (is_choosy && !call_was_chosen(pid_tgid))
		return;
	if (_IOC_DIR(cmd) & _IOC_READ && result >= 0)
		ioctl_data_emit(cmd, arg, pid_tgid);
	rec = EMIT_RESERVE(ioctl_exit, pid_tgid);
	if (!rec)
		return;
	rec->result = result;
	rec->func = func;
	rec->cmd = cmd;
	emit(rec);
}

/* Whose descriptor the ioctl is for: a VM's private_data is the VM, a vCPU's the vCPU. */
static __always_inline void ioctl_begin(u32 func, struct file *filp, u32 cmd, u64 arg)
{
	struct kvm_vcpu *vcpu;

	switch (func) {
	case IOCTL_FUNC_DEV:
		ioctl_enter(func, 0, -1, cmd, arg);
		break;
	case IOCTL_FUNC_VM:
		ioctl_enter(func, (u64)BPF_CORE_READ(filp, private_data), -1, cmd, arg);
		break;
	case IOCTL_FUNC_VCPU:
		vcpu = BPF_CORE_READ(filp, private_data);
		ioctl_enter(func, (u64)BPF_CORE_READ(vcpu, kvm), BPF_CORE_READ(vcpu, vcpu_id), cmd,
			    arg);
		if (cmd == KVM_RUN_CMD && is_recorded(bpf_get_current_pid_tgid()))
			answer_emit(vcpu, bpf_get_current_pid_tgid());
		break;
	}
}

/* A kretprobe does not see the arguments: they are kept while the call is under way. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, CALLS_MAX);
	__type(key, u64);
	__type(value, struct ioctl_call);
} calls SEC(".maps");

static __always_inline void call_begin(u32 func, struct file *filp, u32 cmd, u64 arg)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	struct ioctl_call call = { .arg = arg, .cmd = cmd, .func = func };

	if (!is_wanted(pid_tgid))
		return;
	bpf_map_update_elem(&calls, &pid_tgid, &call, BPF_ANY);
	ioctl_begin(func, filp, cmd, arg);
}

static __always_inline void call_end(s64 result)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	struct ioctl_call *call = bpf_map_lookup_elem(&calls, &pid_tgid);

	if (!call)
		return;
	ioctl_exit(call->func, call->cmd, call->arg, result);
	bpf_map_delete_elem(&calls, &pid_tgid);
}

/* The four programs of an ioctl function: fentry_kvm_vm_ioctl and so on. */
#define IOCTL_PROGRAMS(function, func)                                                           \
	SEC("fentry")                                                                            \
	int BPF_PROG(fentry_##function, struct file *filp, unsigned int cmd, unsigned long arg)  \
	{                                                                                        \
		ioctl_begin(func, filp, cmd, arg);                                               \
		return 0;                                                                        \
	}                                                                                        \
	SEC("fexit")                                                                             \
	int BPF_PROG(fexit_##function, struct file *filp, unsigned int cmd, unsigned long arg,   \
		     long result)                                                                \
	{                                                                                        \
		ioctl_exit(func, cmd, arg, result);                                              \
		return 0;                                                                        \
	}                                                                                        \
	SEC("kprobe")                                                                            \
	int BPF_KPROBE(kprobe_##function, struct file *filp, unsigned int cmd, unsigned long arg) \
	{                                                                                        \
		call_begin(func, filp, cmd, arg);                                                \
		return 0;                                                                        \
	}                                                                                        \
	SEC("kretprobe")                                                                         \
	int BPF_KRETPROBE(kretprobe_##function, long result)                                     \
	{                                                                                        \
		call_end(result);                                                          \
		return 0;                                                                        \
	}

IOCTL_PROGRAMS(kvm_dev_ioctl, IOCTL_FUNC_DEV)
IOCTL_PROGRAMS(kvm_vm_ioctl, IOCTL_FUNC_VM)
IOCTL_PROGRAMS(kvm_vcpu_ioctl, IOCTL_FUNC_VCPU)

#endif
