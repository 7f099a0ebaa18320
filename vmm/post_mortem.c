/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the report on a vCPU that cannot go on. */
#include <inttypes.h>
#include <stdio.h>

#include "vmm/complain.h"
#include "vmm/kvm_ioctl.h"
#include "vmm/post_mortem.h"

#define CODE_BYTES 16

/* Where a processor starts after reset: SDM vol. 3, 10.1.4; APM vol. 2, 14.1.3. */
#define RESET_CS_BASE 0xffff0000
#define RESET_RIP     0xfff0

static void print_registers(const struct kvm_regs *r)
{
	complain("  rax %016" PRIx64 " rbx %016" PRIx64 " rcx %016" PRIx64 " rdx %016" PRIx64,
		 (uint64_t)r->rax, (uint64_t)r->rbx, (uint64_t)r->rcx, (uint64_t)r->rdx);
	complain("  rsi %016" PRIx64 " rdi %016" PRIx64 " rsp %016" PRIx64 " rbp %016" PRIx64,
		 (uint64_t)r->rsi, (uint64_t)r->rdi, (uint64_t)r->rsp, (uint64_t)r->rbp);
	complain("  rip %016" PRIx64 " rflags %08" PRIx64, (uint64_t)r->rip, (uint64_t)r->rflags);
}

static void print_segment(const char *name, const struct kvm_segment *s)
{
	complain("  %s  selector %04x base %08" PRIx64 " limit %08x type %x s %u present %u "
		 "db %u l %u g %u",
		 name, s->selector, (uint64_t)s->base, s->limit, s->type, s->s, s->present, s->db,
		 s->l, s->g);
}

static void print_system(const struct kvm_sregs *s)
{
	print_segment("cs", &s->cs);
	print_segment("ss", &s->ss);
	print_segment("ds", &s->ds);
	complain("  cr0 %08" PRIx64 " cr2 %016" PRIx64 " cr3 %016" PRIx64 " cr4 %08" PRIx64
		 " efer %04" PRIx64,
		 (uint64_t)s->cr0, (uint64_t)s->cr2, (uint64_t)s->cr3, (uint64_t)s->cr4,
		 (uint64_t)s->efer);
	complain("  gdt %016" PRIx64 " limit %04x  idt %016" PRIx64 " limit %04x",
		 (uint64_t)s->gdt.base, s->gdt.limit, (uint64_t)s->idt.base, s->idt.limit);
}

/* KVM walks the guest's page tables for us, if it has any. */
static void print_code(struct vcpu *vcpu, uint64_t linear)
{
	struct kvm_translation t = {.linear_address = linear};
	char text[CODE_BYTES * 3 + 1] = "";
	unsigned int n = 0;

	if (kvm_ioctl_quiet(vcpu->fd, KVM_TRANSLATE, (unsigned long)&t) < 0 || !t.valid) {
		complain("  code at rip: linear address 0x%" PRIx64 " is not mapped", linear);
		return;
	}
	for (; n < CODE_BYTES; n++) {
		const uint8_t *byte = guest_memory_at(&vcpu->machine->vm.memory,
						     GPA(t.physical_address + n), 1);

		if (!byte)
			break;
		snprintf(text + 3 * n, 4, " %02x", *byte);
	}
	if (n)
		complain("  code at rip:%s", text);
	else
		complain("  code at rip: no memory is at guest-physical 0x%" PRIx64,
			 (uint64_t)t.physical_address);
}

void post_mortem(struct vcpu *vcpu)
{
	struct kvm_regs regs;
	struct kvm_sregs sregs;

	if (KVM_IOCTL(vcpu->fd, KVM_GET_REGS, &regs) < 0 ||
	    KVM_IOCTL(vcpu->fd, KVM_GET_SREGS, &sregs) < 0)
		return;
	/* Kernel: shutdown_interception() in svm.c resets the vCPU; VMX leaves it alone. */
	if (vcpu->run->exit_reason == KVM_EXIT_SHUTDOWN && regs.rip == RESET_RIP &&
	    sregs.cs.base == RESET_CS_BASE)
		complain("  These are the registers of a reset: on AMD, KVM resets the vCPU before "
			 "it tells of the triple fault.");
	print_registers(&regs);
	print_system(&sregs);
	print_code(vcpu, sregs.cs.base + regs.rip);
}
