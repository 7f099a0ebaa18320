/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The run loop, for kernels with fentry: a turn of it goes through the ring in one piece (round.h). */
#ifndef KVMTREE_ROUND_BPF_H
#define KVMTREE_ROUND_BPF_H

#include "bpf/events.bpf.h"
#include "bpf/ioctl.bpf.h"

/* The slot, after what stands in the way of this part has gone through the ring. */
static __always_inline struct slot *slot_for(u32 part)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	struct slot *slot = slot_of(pid_tgid);

	/* it may be in the midst of a KVM_RUN, of whose vCPU nothing is known yet */
	if (is_choosy && slot && (slot->mute || !slot->judged))
		return NULL;
	if (slot && slot->round.parts >= part)
		round_emit(slot);
	return slot;
}

SEC("fentry")
int BPF_PROG(round_kvm_vcpu_ioctl_enter, struct file *filp, unsigned int cmd, unsigned long arg)
{
	struct kvm_vcpu *vcpu;
	struct slot *slot;

	if (cmd != KVM_RUN_CMD) {
		ioctl_begin(IOCTL_FUNC_VCPU, filp, cmd, arg);
		return 0;
	}
	vcpu = filp->private_data;
	if (is_choosy)
		run_choose(vcpu);
	slot = slot_for(ROUND_ENTER);
	if (!slot)
		return 0;
	if (slot->vcpu != (u64)vcpu) {
		slot->vcpu = (u64)vcpu;
		slot->round.vm = (u64)BPF_CORE_READ(vcpu, kvm);
		slot->round.vcpu_id = BPF_CORE_READ(vcpu, vcpu_id);
	}
	slot->round.enter_ns = bpf_ktime_get_ns();
	slot->round.parts = ROUND_ENTER;
	if (is_answered(slot->round.user_reason)) {
		slot->round.user_reason = 0;
		answer_emit(vcpu, slot->pid_tgid);
	}
	return 0;
}

SEC("fexit")
int BPF_PROG(round_kvm_vcpu_ioctl_leave, struct file *filp, unsigned int cmd, unsigned long arg,
	     long result)
{
	struct slot *slot;

	if (cmd != KVM_RUN_CMD) {
		ioctl_exit(IOCTL_FUNC_VCPU, cmd, arg, result);
		return 0;
	}
	slot = slot_for(ROUND_LEAVE);
	if (!slot)
		return 0;
	slot->round.leave_ns = bpf_ktime_get_ns();
	slot->round.result = result;
	slot->round.parts |= ROUND_LEAVE;
	round_emit(slot);
	return 0;
}

/* A vCPU is met here that may have run before the recording began: its coverage counts from now. */
static __always_inline void vcpu_met(struct slot *slot, struct kvm_vcpu *vcpu)
{
	u64 base = vcpu->stat.exits;
	struct rec_vcpu_base *rec;

	loop_join(slot->pid_tgid);
	slot->vcpu = slot->based = (u64)vcpu;
	slot->round.vm = (u64)vcpu->kvm;
	slot->round.vcpu_id = vcpu->vcpu_id;
	/* without ioctls this is how a VM becomes known */
	if (!base && has_run_ioctls)
		return;
	vm_remember(slot->round.vm);
	rec = EMIT_RESERVE(vcpu_base, slot->pid_tgid);
	if (!rec)
		return;
	rec->vm = slot->round.vm;
	rec->exits = base;
	rec->vcpu_id = slot->round.vcpu_id;
	rec->reserved = 0;
	emit(rec);
}

/* As KVM has it at hand: it was read from the VMCS or VMCB if somebody needed it. */
static __always_inline u64 vcpu_rip(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_arch___rip *arch = (void *)&vcpu->arch;

	if (bpf_core_field_exists(arch->rip))
		return arch->rip;
	return vcpu->arch.regs[VCPU_REGS_RIP];
}

/*
 * Where the vCPU's VMCB lies, which does not change: to look it up at each exit costs as much as to
 * read it. Only where it is seen when a vCPU ends, whose memory may become another one's.
 */
static __always_inline void vmcb_look_up(struct slot *slot, struct kvm_vcpu *vcpu)
{
	struct vcpu_svm *svm = (void *)vcpu;

	slot->vcpu_ends = vcpu_ends;
	slot->vmcb = 0;
	if (sees_vcpu_ends && bpf_core_field_exists(svm->vmcb01) &&
	    bpf_core_field_exists(vcpu->stat.guest_mode))
		slot->vmcb = (u64)BPF_CORE_READ(svm, vmcb01.ptr);
}

static __always_inline void *vmcb_of(const struct slot *slot, struct kvm_vcpu *vcpu)
{
	if (slot->vmcb && slot->based == (u64)vcpu && !vcpu->stat.guest_mode)
		return (void *)slot->vmcb;
	return BPF_CORE_READ((struct vcpu_svm *)vcpu, vmcb);
}

SEC("tp_btf/kvm_entry")
int BPF_PROG(round_kvm_entry, struct kvm_vcpu *vcpu)
{
	struct slot *slot;

	/* newer verifiers take any argument of a module's tracepoint for possibly NULL */
	if (!vcpu)
		return 0;
	if (is_choosy)
		run_choose(vcpu);
	slot = slot_for(ROUND_ENTRY);
	if (!slot)
		return 0;
	if (slot->based != (u64)vcpu || slot->vcpu_ends != vcpu_ends) {
		if (slot->based != (u64)vcpu)
			vcpu_met(slot, vcpu);
		vmcb_look_up(slot, vcpu);
	}
	slot->entry_exits = vcpu->stat.exits;
	slot->exits_since = 0;
	slot->round.entry_ns = bpf_ktime_get_ns();
	slot->round.entry_rip = vcpu_rip(vcpu);
	slot->round.vcpu_id = vcpu->vcpu_id;
	slot->round.parts |= ROUND_ENTRY;
	return 0;
}

/* Where the reason lies in a VMCB, and what follows it: APM volume 2, appendix B. */
#define VMCB_EXIT_CODE	      0x70
#define EXITINTINFO_VALID     (1u << 31)
#define EXITINTINFO_VALID_ERR (1u << 11)

struct vmcb_exit {
	u32 code, code_hi;
	u64 info1, info2;
	u32 int_info, int_info_err;
};

SEC("tp_btf/kvm_exit")
int BPF_PROG(round_kvm_exit_svm, struct kvm_vcpu *vcpu, u32 isa)
{
	struct slot *slot = slot_for(ROUND_EXIT);
	struct vmcb_exit exit = { 0 };

	if (!slot || !vcpu)
		return 0;
	slot->round.exit_ns = bpf_ktime_get_ns();
	bpf_probe_read_kernel(&exit, sizeof(exit), vmcb_of(slot, vcpu) + VMCB_EXIT_CODE);
	slot->round.exit_rip = vcpu_rip(vcpu);
	slot->round.info1 = exit.info1;
	slot->round.info2 = exit.info2;
	slot->round.reason = exit.code;
	slot->round.isa = isa;
	slot->round.intr_info = exit.int_info;
	slot->round.error_code =
		exit.int_info & EXITINTINFO_VALID && exit.int_info & EXITINTINFO_VALID_ERR ?
			exit.int_info_err :
			0;
	slot->round.vcpu_id = vcpu->vcpu_id;
	slot->exits_since++;
	slot->round.parts |= ROUND_EXIT;
	return 0;
}

/* On VMX the tracepoint itself reads the VMCS, which a program cannot. */
SEC("tracepoint/kvm/kvm_exit")
int round_kvm_exit_any(void *ctx)
{
	struct slot *slot = slot_for(ROUND_EXIT);
	struct tp_bytes tp;

	if (!slot)
		return 0;
	slot->round.exit_ns = bpf_ktime_get_ns();
	bpf_probe_read_kernel(&tp, sizeof(tp), ctx);
	slot->round.exit_rip = tp_value(&tp, TP_kvm_exit_guest_rip);
	slot->round.info1 = tp_value(&tp, TP_kvm_exit_info1);
	slot->round.info2 = tp_value(&tp, TP_kvm_exit_info2);
	slot->round.reason = tp_value(&tp, TP_kvm_exit_exit_reason);
	slot->round.isa = tp_value(&tp, TP_kvm_exit_isa);
	slot->round.intr_info = tp_value(&tp, TP_kvm_exit_intr_info);
	slot->round.error_code = tp_value(&tp, TP_kvm_exit_error_code);
	slot->round.vcpu_id = tp_value(&tp, TP_kvm_exit_vcpu_id);
	slot->exits_since++;
	slot->round.parts |= ROUND_EXIT;
	return 0;
}

/* Not by BTF: the verifier does not hand out its last argument, a pointer to no type. */
SEC("raw_tracepoint/kvm_pio")
int round_kvm_pio(struct bpf_raw_tracepoint_args *ctx)
{
	struct slot *slot = slot_for(ROUND_PIO);
	u32 size = ctx->args[2], value = 0;

	if (!slot)
		return 0;
	bpf_probe_read_kernel(&value, sizeof(value), (void *)ctx->args[4]);
	slot->round.is_out = ctx->args[0];
	slot->round.port = ctx->args[1];
	slot->round.size = size;
	slot->round.count = ctx->args[3];
	slot->round.value = size == 1 ? (u8)value : size == 2 ? (u16)value : value;
	slot->round.parts |= ROUND_PIO;
	return 0;
}

SEC("tp_btf/kvm_userspace_exit")
int BPF_PROG(round_kvm_userspace_exit, u32 reason, int error)
{
	struct slot *slot = slot_for(ROUND_USER);

	if (!slot)
		return 0;
	slot->round.user_ns = bpf_ktime_get_ns();
	slot->round.user_reason = reason;
	slot->round.user_error = error;
	slot->round.parts |= ROUND_USER;
	if (!has_run_ioctls)
		round_emit(slot); /* it was the last part */
	return 0;
}

#endif
