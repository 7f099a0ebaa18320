/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns the rules of VM entry. VMX: SDM vol. 3, 27.3.1.1 control registers, .2
 * segments, .4 RIP and RFLAGS; SVM: APM vol. 2, 15.5.1. Most are also
 * rules of the architecture itself, which a processor cannot break; KVM_SET_SREGS can.
 */
#include <stdbool.h>
#include <stddef.h>

#include "vmm/entry_rules.h"
#include "vmm/x86.h"

/* Whether VMEXIT_INVALID, -1, is kept to 64 bits, or to 32, has varied with the kernel. */
static bool is_svm(uint64_t reason)
{
	return reason == UINT64_MAX || reason == UINT32_MAX;
}

const char *entry_failure(uint64_t reason)
{
	if (is_svm(reason))
		return "SVM: invalid guest state in the VMCB (VMEXIT_INVALID)";
	switch (reason) {
	case 0x80000021:
		return "VMX: invalid guest state in the VMCS";
	case 0x80000022:
		return "VMX: an MSR could not be loaded";
	case 0x80000029:
		return "VMX: a machine check";
	case 7:
		return "VMX: invalid control fields in the VMCS";
	case 8:
		return "VMX: invalid host state in the VMCS";
	default:
		return "the processor's manual lists it under VM entry failures";
	}
}

typedef bool broken_fn(const struct kvm_regs *r, const struct kvm_sregs *s);

static bool long_mode(const struct kvm_sregs *s)
{
	return s->efer & EFER_LMA;
}

static bool pg_without_pe(const struct kvm_regs *r, const struct kvm_sregs *s)
{
	(void)r;
	return (s->cr0 & CR0_PG) && !(s->cr0 & CR0_PE);
}

static bool nw_without_cd(const struct kvm_regs *r, const struct kvm_sregs *s)
{
	(void)r;
	return (s->cr0 & CR0_NW) && !(s->cr0 & CR0_CD);
}

static bool cr0_high(const struct kvm_regs *r, const struct kvm_sregs *s)
{
	(void)r;
	return s->cr0 >> 32;
}

static bool long_without_pae(const struct kvm_regs *r, const struct kvm_sregs *s)
{
	(void)r;
	return long_mode(s) && (!(s->cr0 & CR0_PG) || !(s->cr4 & CR4_PAE));
}

static bool lma_unlike_lme(const struct kvm_regs *r, const struct kvm_sregs *s)
{
	(void)r;
	return long_mode(s) != ((s->efer & EFER_LME) && (s->cr0 & CR0_PG));
}

static bool code_64_and_32(const struct kvm_regs *r, const struct kvm_sregs *s)
{
	(void)r;
	return long_mode(s) && s->cs.l && s->cs.db;
}

static bool rip_high(const struct kvm_regs *r, const struct kvm_sregs *s)
{
	return !(long_mode(s) && s->cs.l) && r->rip >> 32;
}

static bool rflags_fixed(const struct kvm_regs *r, const struct kvm_sregs *s)
{
	(void)s;
	return !(r->rflags & RFLAGS_ALWAYS_1) || r->rflags >> 22;
}

static bool vm86_outside(const struct kvm_regs *r, const struct kvm_sregs *s)
{
	return (r->rflags & RFLAGS_VM) && (long_mode(s) || !(s->cr0 & CR0_PE));
}

static bool code_type(const struct kvm_regs *r, const struct kvm_sregs *s)
{
	(void)r;
	return s->cs.type != 3 && (s->cs.type & 9) != 9;
}

static bool code_absent(const struct kvm_regs *r, const struct kvm_sregs *s)
{
	(void)r;
	return !s->cs.s || !s->cs.present;
}

static bool stack_type(const struct kvm_regs *r, const struct kvm_sregs *s)
{
	(void)r;
	return !s->ss.unusable && s->ss.type != 3 && s->ss.type != 7;
}

/* A limit of 1 MiB and more is counted in pages: its low 12 bits are ones. */
static bool bad_granularity(const struct kvm_segment *seg)
{
	return !seg->unusable &&
	       ((seg->g && (seg->limit & 0xfff) != 0xfff) || (!seg->g && seg->limit >> 20));
}

static bool any_granularity(const struct kvm_regs *r, const struct kvm_sregs *s)
{
	(void)r;
	return bad_granularity(&s->cs) || bad_granularity(&s->ss) || bad_granularity(&s->ds) ||
	       bad_granularity(&s->es) || bad_granularity(&s->fs) || bad_granularity(&s->gs);
}

static bool task_type(const struct kvm_regs *r, const struct kvm_sregs *s)
{
	(void)r;
	return s->tr.type != 11 && (long_mode(s) || s->tr.type != 3);
}

static bool task_absent(const struct kvm_regs *r, const struct kvm_sregs *s)
{
	(void)r;
	return s->tr.unusable || s->tr.s || !s->tr.present || (s->tr.selector & 4);
}

#define VMX 1u
#define SVM 2u

static const struct {
	broken_fn *broken;
	unsigned int whose;
	const char *sentence;
} rules[] = {
	{pg_without_pe, VMX, "CR0.PG is set, CR0.PE is not: paging needs protected mode"},
	{nw_without_cd, SVM, "CR0.NW is set, CR0.CD is not"},
	{cr0_high, VMX | SVM, "CR0 has bits above 31"},
	{long_without_pae, VMX | SVM, "EFER.LMA is set, CR0.PG or CR4.PAE is not"},
	{lma_unlike_lme, VMX, "EFER.LMA is not what EFER.LME and CR0.PG make it"},
	{code_64_and_32, VMX | SVM, "CS has both L and D: 64-bit and 32-bit code at once"},
	{code_type, VMX, "the type of CS is not that of accessed code"},
	{code_absent, VMX, "CS is not a present code segment"},
	{stack_type, VMX, "the type of SS is not that of writable, accessed data"},
	{any_granularity, VMX, "a segment's G bit does not fit its limit"},
	{task_type, VMX, "TR is not a busy task-state segment"},
	{task_absent, VMX, "TR is not usable, not present, or from the LDT"},
	{rip_high, VMX, "RIP has bits above 31 outside of 64-bit code"},
	{rflags_fixed, VMX, "RFLAGS lacks its bit 1, or has bits that must be zero"},
	{vm86_outside, VMX, "RFLAGS.VM is set outside of 32-bit protected mode"},
};

#define RULE_CNT (sizeof(rules) / sizeof(rules[0]))

const char *entry_rule_broken(unsigned int *i, uint64_t reason, const struct kvm_regs *regs,
			      const struct kvm_sregs *sregs)
{
	unsigned int whose = is_svm(reason) ? SVM : VMX;

	while (*i < RULE_CNT) {
		unsigned int n = (*i)++;

		if ((rules[n].whose & whose) && rules[n].broken(regs, sregs))
			return rules[n].sentence;
	}
	return NULL;
}
