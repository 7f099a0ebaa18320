/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * kvmtree live: exits counted in the kernel, so that nothing crosses to user space but sums. A vCPU
 * runs on one CPU at a time, so nobody else writes to its slot.
 */
#include "bpf/kernel.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf/live_detail.bpf.h"
#include "bpf/live_slot.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

union vmx_exit_reason {
	u32 full;
} CORE;

struct vcpu_vmx {
	union vmx_exit_reason exit_reason;
} CORE;

/* Since TDX came, VMX and TDX share it. */
struct vcpu_vt {
	union vmx_exit_reason exit_reason;
} CORE;

struct vcpu_vmx___vt {
	struct vcpu_vt vt;
} CORE;

/* Set before loading. */
const volatile __u8 buckets[LIVE_STEP_CNT]; /* of live_bucket_of() */

/* Intel's has flags above it. */
static __always_inline u32 reason_basic(u32 isa, u32 reason)
{
	return isa == REC_ISA_VMX ? reason & 0xffff : reason;
}

/* Out of line: what has to be read by a helper. */
static __noinline u32 reason_read(u64 key, u32 isa)
{
	struct kvm_vcpu *vcpu = (void *)key;
	struct vmcb *vmcb = NULL;
	u32 reason = ~0u;

	if (isa == REC_ISA_SVM && bpf_core_type_exists(struct vcpu_svm)) {
		bpf_core_read(&vmcb, sizeof(vmcb), &((struct vcpu_svm *)vcpu)->vmcb);
		bpf_core_read(&reason, sizeof(reason), &vmcb->control.exit_code);
		return reason;
	}
	if (bpf_core_field_exists(((struct vcpu_vmx *)0)->exit_reason))
		bpf_core_read(&reason, sizeof(reason), &((struct vcpu_vmx *)vcpu)->exit_reason.full);
	else if (bpf_core_field_exists(((struct vcpu_vmx___vt *)0)->vt))
		bpf_core_read(&reason, sizeof(reason), &((struct vcpu_vmx___vt *)vcpu)->vt.exit_reason.full);
	return reason_basic(isa, reason);
}

static __always_inline u32 exit_reason(const struct live_slot *slot)
{
	struct vmcb *own;

	if (vmcb_is_loaded(slot->vmcb, &own)) {
		u32 reason = own->control.exit_code;

		/* while the guest's guest runs, it is what the guest itself has exited with */
		if (reason != SVM_EXIT_VMRUN)
			return reason;
	}
	return reason_read(slot->key, slot->isa);
}

static __always_inline u32 row_index(u32 reason)
{
	if (reason < LIVE_PLAIN_CNT)
		return reason;
	if (reason - LIVE_NESTED_CODE < LIVE_NESTED_CNT)
		return LIVE_PLAIN_CNT + (reason - LIVE_NESTED_CODE);
	return LIVE_OTHER;
}

/* The slot of a vCPU that has just left its guest; NULL: it is not counted. */
static __always_inline struct live_slot *guest_left(u64 key, u32 isa)
{
	struct live_slot *slot = slot_find(key);

	if (!slot) {
		slot = slot_take(key, isa);
		if (!slot)
			return NULL;
	}
	slot->exit_ns = bpf_ktime_get_ns();
	if (slot->entry_ns)
		slot->guest_ns += slot->exit_ns - slot->entry_ns;
	return slot;
}

static __always_inline void exit_count(struct live_slot *slot, u32 reason)
{
	u32 row = row_index(reason);

	slot->last = row;
	barrier_var(row); /* the verifier wants to see it bounded here */
	if (row < LIVE_REASON_CNT)
		slot->rows[row].cnt++;
}

SEC("raw_tracepoint/kvm_exit")
int live_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct live_slot *slot = guest_left(ctx->args[0], ctx->args[1]);

	if (slot)
		exit_count(slot, exit_reason(slot));
	return 0;
}

/* The arguments of the tracepoint until 5.17: reason, vCPU, isa. */
SEC("raw_tracepoint/kvm_exit")
int live_exit_old(struct bpf_raw_tracepoint_args *ctx)
{
	u32 isa = ctx->args[2], reason = ctx->args[0];
	struct live_slot *slot = guest_left(ctx->args[1], isa);

	if (slot)
		exit_count(slot, reason_basic(isa, reason));
	return 0;
}

static __always_inline u32 bucket_of(u64 ns)
{
	u64 step = ns >> LIVE_NS_SHIFT;

	if (step < LIVE_STEP_CNT)
		return buckets[step];
	step >>= LIVE_STEP_OCTAVES;
	if (step < LIVE_STEP_CNT)
		return buckets[step] + LIVE_STEP_OCTAVES * 4;
	return LIVE_BUCKET_CNT - 1;
}

static __always_inline void guest_entered(u64 key)
{
	struct live_slot *slot = slot_find(key);
	struct live_row *row;
	u32 bucket, last;
	u64 now, ns;

	if (!slot)
		return;
	now = bpf_ktime_get_ns();
	slot->entry_ns = now;
	last = slot->last;
	barrier_var(last);
	if (last >= LIVE_REASON_CNT)
		return;
	row = &slot->rows[last];
	ns = now - slot->exit_ns;
	bucket = bucket_of(ns) & (LIVE_BUCKET_CNT - 1); /* in bounds by itself; the verifier wants to see it */
	row->ns += ns;
	row->buckets[bucket]++;
	slot->last = LIVE_REASON_CNT;
}

SEC("raw_tracepoint/kvm_entry")
int live_entry(struct bpf_raw_tracepoint_args *ctx)
{
	guest_entered(ctx->args[0]);
	return 0;
}

/* Its memory may become another vCPU's: the slot must not be taken for that one's. */
static __always_inline void vcpu_gone(u64 vcpu)
{
	struct live_slot *slot = slot_find(vcpu);

	if (slot)
		slot->key = LIVE_KEY_GONE;
}

SEC("fentry/kvm_arch_vcpu_destroy")
int live_destroy(u64 *ctx)
{
	u64 vcpu; /* a number: with a pointer that it knows the verifier lets nobody calculate */

	if (!bpf_get_func_arg(ctx, 0, &vcpu))
		vcpu_gone(vcpu);
	return 0;
}

SEC("kprobe/kvm_arch_vcpu_destroy")
int BPF_KPROBE(live_destroy_kprobe, struct kvm_vcpu *vcpu)
{
	vcpu_gone((u64)vcpu);
	return 0;
}

/* --- the events, where they are all that there is ------------------------------ */

/* For a KVM that keeps the reason where we do not know: its own tracepoint's fields say it. */
SEC("tracepoint/kvm/kvm_exit")
int live_exit_event(void *ctx)
{
	u32 isa, tid = (u32)bpf_get_current_pid_tgid();
	struct live_slot *slot;
	struct tp_bytes tp;

	bpf_probe_read_kernel(&tp, sizeof(tp), ctx);
	isa = tp_value(&tp, TP_kvm_exit_isa);
	slot = guest_left(tid, isa);
	if (slot)
		exit_count(slot, reason_basic(isa, tp_value(&tp, TP_kvm_exit_exit_reason)));
	return TP_PASS_ON;
}

SEC("tracepoint/kvm/kvm_entry")
int live_entry_event(void *ctx)
{
	guest_entered((u32)bpf_get_current_pid_tgid());
	return TP_PASS_ON;
}
