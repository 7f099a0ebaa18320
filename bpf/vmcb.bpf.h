/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The VMCB of a vCPU that has just left its guest. To read kernel memory by a helper costs more than
 * a tracepoint; but KVM knows for each CPU which VMCB it loaded last, and where BTF has that variable
 * the verifier lets programs read the VMCB through it as they read any other typed memory.
 */
#ifndef KVMTREE_VMCB_BPF_H
#define KVMTREE_VMCB_BPF_H

#include "bpf/kernel.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

struct vmcb_control_area {
	u32 exit_code;
	u64 exit_info_1, exit_info_2;
	u32 exit_int_info, exit_int_info_err;
} CORE;

struct vmcb {
	struct vmcb_control_area control;
} CORE;

struct svm_cpu_data {
	struct vmcb *current_vmcb;
} CORE;

/* arch/x86/kvm/svm/svm.c, one for each CPU. Without it in BTF it is NULL, and what reads through it is left out. */
extern struct svm_cpu_data svm_data __ksym __weak;

#define VMCB_UNKNOWN 1 /* no VMCB lies there */

/* What the guest exits with that runs a guest of its own (APM volume 2, appendix C). */
#define SVM_EXIT_VMRUN 0x80

/*
 * Where the VMCB of the guest itself lies, not that of its guests: it does not change while the vCPU
 * lives. VMCB_UNKNOWN: this KVM does not say.
 */
static __always_inline u64 vmcb_own(struct kvm_vcpu *vcpu)
{
	struct vcpu_svm *svm = (void *)vcpu; /* the vCPU is its first member */

	if (!bpf_core_type_exists(struct vcpu_svm) || !bpf_core_field_exists(svm->vmcb01))
		return VMCB_UNKNOWN;
	return (u64)BPF_CORE_READ(svm, vmcb01.ptr);
}

/* Is `own` what this CPU loaded last? Then it is in *vmcb. The guest's guest may run by another one all the same. */
static __always_inline bool vmcb_is_loaded(u64 own, struct vmcb **vmcb)
{
	struct svm_cpu_data *data = &svm_data;
	u64 address;

	if (!data)
		return false;
	*vmcb = ((struct svm_cpu_data *)bpf_this_cpu_ptr(data))->current_vmcb;
	address = (u64)*vmcb;
	barrier_var(address); /* else the compiler reads through `own`, which is a number to the verifier */
	return address == own;
}

#endif
