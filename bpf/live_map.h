/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What `kvmtree live` reads from the kernel: a slot per vCPU, a row in it per exit reason. */
#ifndef KVMTREE_LIVE_MAP_H
#define KVMTREE_LIVE_MAP_H

#include <linux/types.h>

/* Basic reasons of VMX and codes of SVM below 0x100; SVM's 0x400 to 0x40f; all others together. */
#define LIVE_PLAIN_CNT	 0x100
#define LIVE_NESTED_CODE 0x400
#define LIVE_NESTED_CNT	 0x10
#define LIVE_OTHER	 (LIVE_PLAIN_CNT + LIVE_NESTED_CNT)
#define LIVE_REASON_CNT	 (LIVE_OTHER + 1)

/*
 * Latencies by their logarithm, four buckets to an octave: bucket b holds those from
 * (4 + b % 4) << (b / 4 + LIVE_NS_SHIFT) nanoseconds on; the first also what is shorter, the last
 * what is longer.
 */
#define LIVE_BUCKET_CNT 64 /* a power of two; 16 octaves */
#define LIVE_NS_SHIFT	7  /* 5 << 7: the first bucket ends at 640 ns, the last begins at 29 ms */

/*
 * A bucket is looked up in a table of the first octaves, by the steps of 1 << LIVE_NS_SHIFT nanoseconds that
 * a latency has; what is longer, with so many octaves taken off.
 */
#define LIVE_STEP_OCTAVES 8
#define LIVE_STEP_CNT	  (4 << LIVE_STEP_OCTAVES)

struct live_row {
	__u64 cnt, ns; /* exits; time from exit to the next entry */
	__u32 buckets[LIVE_BUCKET_CNT];
};

/* Set while a slot's vCPU lives: its struct kvm_vcpu *. */
#define LIVE_KEY_FREE 0
#define LIVE_KEY_GONE 1 /* the vCPU is no more; user space may free the slot */

struct live_slot {
	__u64 key;
	__u64 vm; /* struct kvm *; 0: not known on this kernel */
	__u64 vmcb; /* of the guest itself, not of its guests; VMCB_UNKNOWN */
	__u64 entry_ns, exit_ns, guest_ns;
	__u32 last; /* row of the exit that is being served; LIVE_REASON_CNT: none */
	__u32 isa, tgid, tid;
	__s32 vcpu_id; /* -1: not known on this kernel */
	char comm[16];
	__u32 reserved;
	struct live_row rows[LIVE_REASON_CNT];
};

#define LIVE_PROBES 8 /* slots that a vCPU may be in, one after the other */

/* What exits were about, counted only while somebody looks at it. */
enum live_detail_kind { LIVE_PORT, LIVE_MMIO, LIVE_MSR, LIVE_CPUID, LIVE_PAGE, LIVE_DETAIL_CNT };

struct live_detail {
	__u64 value; /* port, address, MSR, leaf, guest-physical page */
	__u32 kind, tid;
	__u32 is_write, reserved;
};

#define LIVE_MMIO_WRITE 2 /* KVM_TRACE_MMIO_WRITE, arch/x86/kvm */

#define LIVE_DETAILS_MAX 16384

#endif
