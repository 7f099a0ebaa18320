/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The run loop, for kernels with fentry: turns of it go through the ring together (round.h). A program sees
 * first whether what it has to say is what the rounds before have said; else these go through the ring.
 */
#ifndef KVMTREE_ROUND_BPF_H
#define KVMTREE_ROUND_BPF_H

#include "bpf/events.bpf.h"
#include "bpf/ioctl.bpf.h"
#include "bpf/vmcb.bpf.h"

/* The slot, with a round under way that this part can go to. */
static __always_inline struct slot *slot_for(u32 part)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	struct slot *slot = slot_of(pid_tgid);

	/* it may be in the midst of a KVM_RUN, of whose vCPU nothing is known yet */
	if (is_choosy && slot && (slot->mute || !slot->judged))
		return NULL;
	if (slot && slot->parts >= part)
		round_finish(slot, slot->now.exit_ns);
	return slot;
}

/* Whose the rounds are from now on. */
static __always_inline void vcpu_turn_to(struct slot *slot, u64 vcpu, u64 vm, s32 vcpu_id)
{
	rounds_emit(slot);
	slot->vcpu = vcpu;
	slot->rounds.vm = vm;
	slot->rounds.vcpu_id = vcpu_id;
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
	if (slot->vcpu != (u64)vcpu)
		vcpu_turn_to(slot, (u64)vcpu, (u64)BPF_CORE_READ(vcpu, kvm), BPF_CORE_READ(vcpu, vcpu_id));
	slot->now.enter_ns = bpf_ktime_get_ns();
	slot->parts = ROUND_ENTER;
	if (is_answered(slot->rounds.user_reason)) {
		rounds_emit(slot);
		slot->rounds.user_reason = 0;
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
	slot->now.end_ns = bpf_ktime_get_ns();
	if (slot->rounds.result != result) {
		rounds_emit(slot);
		slot->rounds.result = result;
	}
	slot->parts |= ROUND_LEAVE;
	round_add(slot, slot->now.end_ns);
	return 0;
}

/* A vCPU is met here that may have run before the recording began: its coverage counts from now. */
static __always_inline void vcpu_met(struct slot *slot, struct kvm_vcpu *vcpu)
{
	struct rec_vcpu_base *rec;

	loop_join(slot->pid_tgid);
	slot->based = (u64)vcpu;
	vm_remember(slot->rounds.vm); /* without ioctls this is how a VM becomes known */
	slot->vm_met_ns = vm_met_ns(slot->rounds.vm);
	rec = EMIT_RESERVE(vcpu_base, slot->pid_tgid);
	if (!rec)
		return;
	rec->vm = slot->rounds.vm;
	rec->exits = vcpu->stat.exits;
	rec->vcpu_id = slot->rounds.vcpu_id;
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

/* Only where it is seen when a vCPU ends, whose memory may become another one's. */
static __always_inline void vmcb_look_up(struct slot *slot, struct kvm_vcpu *vcpu)
{
	slot->vcpu_ends = vcpu_ends;
	slot->vmcb = sees_vcpu_ends && bpf_core_field_exists(vcpu->stat.guest_mode) ? vmcb_own(vcpu) :
									      VMCB_UNKNOWN;
}

SEC("tp_btf/kvm_entry")
int BPF_PROG(round_kvm_entry, struct kvm_vcpu *vcpu)
{
	struct slot *slot;
	u64 rip;

	/* newer verifiers take any argument of a module's tracepoint for possibly NULL */
	if (!vcpu)
		return 0;
	if (is_choosy)
		run_choose(vcpu);
	slot = slot_for(ROUND_ENTRY);
	if (!slot)
		return 0;
	if (slot->based != (u64)vcpu || slot->vcpu_ends != vcpu_ends ||
	    (!sees_vcpu_ends && slot->rounds.vcpu_id != vcpu->vcpu_id)) {
		vcpu_turn_to(slot, (u64)vcpu, (u64)vcpu->kvm, vcpu->vcpu_id);
		if (slot->based != (u64)vcpu)
			vcpu_met(slot, vcpu);
		vmcb_look_up(slot, vcpu);
	}
	if (!slot->rounds.cnt) {
		slot->entry_exits = vcpu->stat.exits;
		slot->exits_since = 0;
	}
	slot->now.entry_ns = bpf_ktime_get_ns();
	rip = vcpu_rip(vcpu);
	if (slot->rounds.entry_rip != rip) {
		rounds_emit(slot);
		slot->rounds.entry_rip = rip;
	}
	slot->parts |= ROUND_ENTRY;
	return 0;
}

#define SVM_EXIT_IOIO	0x7b
#define SVM_IOIO_STRING 4 /* of EXITINFO1 */

/* Whether what goes out was in RAX as the guest exited. */
static __always_inline bool is_rax_out(const struct slot *slot, u32 is_out)
{
	return is_out && slot->parts & ROUND_EXIT && slot->rounds.isa == REC_ISA_SVM &&
	       slot->rounds.reason == SVM_EXIT_IOIO && !(slot->rounds.info1 & SVM_IOIO_STRING);
}

/* Not by BTF: the verifier does not hand out its last argument, a pointer to no type. */
SEC("raw_tracepoint/kvm_pio")
int round_kvm_pio(struct bpf_raw_tracepoint_args *ctx)
{
	struct slot *slot = slot_for(ROUND_PIO);
	u32 is_out = ctx->args[0], port = ctx->args[1], size = ctx->args[2], count = ctx->args[3], value = 0;
	struct ring_rounds *rounds;

	if (!slot)
		return 0;
	if (!(slot->parts & (ROUND_ENTER | ROUND_EXIT)))
		slot->now.enter_ns = bpf_ktime_get_ns();
	if (is_rax_out(slot, is_out))
		value = slot->rax;
	else
		bpf_probe_read_kernel(&value, sizeof(value), (void *)ctx->args[4]);
	value = size == 1 ? (u8)value : size == 2 ? (u16)value : value;
	rounds = &slot->rounds;
	if ((rounds->is_out ^ is_out) | (rounds->port ^ port) | (rounds->size ^ size) |
	    (rounds->count ^ count) | (rounds->value ^ value)) {
		rounds_emit(slot);
		rounds->is_out = is_out;
		rounds->port = port;
		rounds->size = size;
		rounds->count = count;
		rounds->value = value;
	}
	slot->parts |= ROUND_PIO;
	return 0;
}

SEC("tp_btf/kvm_userspace_exit")
int BPF_PROG(round_kvm_userspace_exit, u32 reason, int error)
{
	struct slot *slot = slot_for(ROUND_USER);
	struct ring_rounds *rounds;

	if (!slot)
		return 0;
	/* the end of KVM_RUN is near, and its time serves here, too */
	slot->now.end_ns = has_run_ioctls && slot->parts & ROUND_EXIT ? slot->now.exit_ns :
								      bpf_ktime_get_ns();
	rounds = &slot->rounds;
	if ((rounds->user_reason ^ reason) | (rounds->user_error ^ error)) {
		rounds_emit(slot);
		rounds->user_reason = reason;
		rounds->user_error = error;
	}
	slot->parts |= ROUND_USER;
	if (!has_run_ioctls)
		round_add(slot, slot->now.end_ns); /* it was the last part */
	return 0;
}

#endif
