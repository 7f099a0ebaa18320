/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the state in which a vCPU starts: the guest's mode, its entry, its argument. */
#include "vmm/guest_abi.h"
#include "vmm/kvm_ioctl.h"
#include "vmm/layout.h"
#include "vmm/vcpu.h"
#include "vmm/walk.h"
#include "vmm/x86.h"

/* Segment types with the accessed bit, which VMX demands (SDM vol. 3, 27.3.1.2). */
#define TYPE_CODE 0xb /* execute, read, accessed */
#define TYPE_DATA 0x3 /* read, write, accessed */

/* In real mode the base must be 16 times the selector, or VMX refuses the entry. */
static struct kvm_segment real_segment(unsigned int type, uint16_t selector)
{
	return (struct kvm_segment){.base = selector * 16u,
				    .limit = 0xffff,
				    .selector = selector,
				    .type = (uint8_t)type,
				    .present = 1,
				    .s = 1};
}

static struct kvm_segment flat_segment(unsigned int type, uint16_t selector)
{
	return (struct kvm_segment){.base = 0,
				    .limit = 0xffffffff,
				    .selector = selector,
				    .type = (uint8_t)type,
				    .present = 1,
				    .s = 1,
				    .db = 1,
				    .g = 1};
}

static void set_real_mode(struct kvm_sregs *s, uint64_t entry, uint64_t stack)
{
	s->cr0 = CR0_ET;
	s->cs = real_segment(TYPE_CODE, (uint16_t)(entry >> 16 << 12));
	s->ds = s->es = s->fs = s->gs = real_segment(TYPE_DATA, 0);
	s->ss = real_segment(TYPE_DATA, (uint16_t)(stack / 16));
	s->idt.base = 0;
	s->idt.limit = 0x3ff;
}

/*
 * No descriptor table is behind these selectors: the processor looks at one only when a
 * segment is loaded, and KVM has loaded them. With an empty IDT any exception is a triple fault.
 */
static void set_flat_mode(struct kvm_sregs *s)
{
	s->cr0 = CR0_ET | CR0_PE;
	s->cs = flat_segment(TYPE_CODE, 0x08);
	s->ds = s->es = s->fs = s->gs = s->ss = flat_segment(TYPE_DATA, 0x10);
	s->idt.base = 0;
	s->idt.limit = 0;
}

/* The tables are where boot_put_long_mode() put them; the code segment is 64-bit. */
static void set_long_mode(struct kvm_sregs *s)
{
	set_flat_mode(s);
	s->cr0 |= CR0_PG | CR0_NE;
	s->cr3 = LAYOUT_PAGE_TABLES;
	s->cr4 = CR4_PAE;
	s->efer = EFER_LME | EFER_LMA;
	s->cs.selector = 0x10;
	s->cs.l = 1;
	s->cs.db = 0;
	s->ds.selector = s->es.selector = s->fs.selector = s->gs.selector = s->ss.selector = 0x18;
	s->gdt.base = LAYOUT_GDT;
	s->gdt.limit = 4 * 8 - 1;
}

/* KVM lets this pass; the processor does not: entry_rules.c. */
static void set_invalid_mode(struct kvm_sregs *s)
{
	set_long_mode(s);
	s->cs.db = 1;
}

/*
 * Seed: kvm_load_registers() -> kvm_arch_load_regs(); QEMU today: kvm_arch_put_registers().
 * Kernel: kvm_arch_vcpu_ioctl_set_sregs, kvm_arch_vcpu_ioctl_set_regs. We read the system
 * registers first: what we do not set stays as KVM's reset left it.
 */
WALK int vcpu_load_registers(struct vcpu *vcpu)
{
	const struct cpu_start *start = &vcpu->machine->start;
	uint64_t stack = start->rsp + vcpu->id * GUEST_STACK_SIZE - GUEST_STACK_SIZE;
	struct kvm_sregs sregs;
	struct kvm_regs regs = {
		.rip = start->mode == CPU_REAL ? start->rip & 0xffff : start->rip,
		.rflags = RFLAGS_ALWAYS_1,
		.rsp = start->mode == CPU_REAL ? GUEST_STACK_SIZE : stack + GUEST_STACK_SIZE,
		.rax = start->rax,
		.rbx = start->rbx + vcpu->id,
		.rsi = start->rsi,
	};
	int err = KVM_IOCTL(vcpu->fd, KVM_GET_SREGS, &sregs);

	if (err < 0)
		return err;
	switch (start->mode) {
	case CPU_REAL:
		set_real_mode(&sregs, start->rip, stack);
		break;
	case CPU_FLAT:
		set_flat_mode(&sregs);
		break;
	case CPU_LONG:
		set_long_mode(&sregs);
		break;
	case CPU_INVALID:
		set_invalid_mode(&sregs);
		break;
	}
	err = KVM_IOCTL(vcpu->fd, KVM_SET_SREGS, &sregs);
	return err < 0 ? err : KVM_IOCTL(vcpu->fd, KVM_SET_REGS, &regs);
}
