/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The exit of a turn: from the VMCB where that can be had, elsewhere as KVM's tracepoint tells it. */
#ifndef KVMTREE_ROUND_EXIT_BPF_H
#define KVMTREE_ROUND_EXIT_BPF_H

#include "bpf/round.bpf.h"

/* What an exit says beside its time. */
struct exit_words {
	u64 rip, info1, info2;
	u32 reason, isa, intr_info, error_code;
};

static __always_inline void exit_put(struct slot *slot, const struct exit_words *exit)
{
	struct ring_rounds *rounds = &slot->rounds;

	if (((rounds->exit_rip ^ exit->rip) | (rounds->info1 ^ exit->info1) | (rounds->info2 ^ exit->info2) |
	     (rounds->reason ^ exit->reason) | (rounds->isa ^ exit->isa) |
	     (rounds->intr_info ^ exit->intr_info) | (rounds->error_code ^ exit->error_code))) {
		rounds_emit(slot);
		rounds->exit_rip = exit->rip;
		rounds->info1 = exit->info1;
		rounds->info2 = exit->info2;
		rounds->reason = exit->reason;
		rounds->isa = exit->isa;
		rounds->intr_info = exit->intr_info;
		rounds->error_code = exit->error_code;
	}
	slot->exits_since++;
	slot->parts |= ROUND_EXIT;
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

static __always_inline bool has_error_code(u32 int_info)
{
	return int_info & EXITINTINFO_VALID && int_info & EXITINTINFO_VALID_ERR;
}

/* Out of line: it is a guest's guest, or the VMCB is not to be had as typed memory. */
static __noinline int vmcb_exit_read(struct slot *slot, struct kvm_vcpu *vcpu)
{
	u64 vmcb = slot->based == (u64)vcpu ? slot->vmcb : VMCB_UNKNOWN;
	struct vmcb_exit exit = { 0 };
	struct exit_words words;

	if (vmcb == VMCB_UNKNOWN || vcpu->stat.guest_mode)
		vmcb = (u64)BPF_CORE_READ((struct vcpu_svm *)vcpu, vmcb);
	bpf_probe_read_kernel(&exit, sizeof(exit), (void *)vmcb + VMCB_EXIT_CODE);
	words = (struct exit_words){
		.rip = vcpu_rip(vcpu),
		.info1 = exit.info1,
		.info2 = exit.info2,
		.reason = exit.code,
		.isa = REC_ISA_SVM,
		.intr_info = exit.int_info,
		.error_code = has_error_code(exit.int_info) ? exit.int_info_err : 0,
	};
	exit_put(slot, &words);
	return 0;
}

SEC("tp_btf/kvm_exit")
int BPF_PROG(round_kvm_exit_svm, struct kvm_vcpu *vcpu)
{
	struct slot *slot = slot_for(ROUND_EXIT);
	struct exit_words words = { .isa = REC_ISA_SVM };
	struct vmcb *vmcb;

	if (!slot || !vcpu)
		return 0;
	slot->now.exit_ns = bpf_ktime_get_ns();
	if (has_run_ioctls)
		slot->rax = vcpu->arch.regs[VCPU_REGS_RAX];
	if (!vmcb_is_loaded(slot->vmcb, &vmcb))
		return vmcb_exit_read(slot, vcpu);
	words.reason = vmcb->control.exit_code;
	if (words.reason == SVM_EXIT_VMRUN)
		return vmcb_exit_read(slot, vcpu);
	words.rip = vcpu_rip(vcpu);
	words.info1 = vmcb->control.exit_info_1;
	words.info2 = vmcb->control.exit_info_2;
	words.intr_info = vmcb->control.exit_int_info;
	if (has_error_code(words.intr_info))
		words.error_code = vmcb->control.exit_int_info_err;
	exit_put(slot, &words);
	return 0;
}

/* On VMX the tracepoint itself reads the VMCS, which a program cannot. */
SEC("tracepoint/kvm/kvm_exit")
int round_kvm_exit_any(void *ctx)
{
	struct slot *slot = slot_for(ROUND_EXIT);
	struct exit_words words;
	struct tp_bytes tp;

	if (!slot)
		return TP_PASS_ON;
	slot->now.exit_ns = bpf_ktime_get_ns();
	bpf_probe_read_kernel(&tp, sizeof(tp), ctx);
	words = (struct exit_words){
		.rip = tp_value(&tp, TP_kvm_exit_guest_rip),
		.info1 = tp_value(&tp, TP_kvm_exit_info1),
		.info2 = tp_value(&tp, TP_kvm_exit_info2),
		.reason = tp_value(&tp, TP_kvm_exit_exit_reason),
		.isa = tp_value(&tp, TP_kvm_exit_isa),
		.intr_info = tp_value(&tp, TP_kvm_exit_intr_info),
		.error_code = tp_value(&tp, TP_kvm_exit_error_code),
	};
	exit_put(slot, &words);
	return TP_PASS_ON;
}

#endif
