/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the report on a vCPU that cannot go on. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "vmm/complain.h"
#include "vmm/entry_rules.h"
#include "vmm/exits.h"
#include "vmm/kvm_ioctl.h"
#include "vmm/page_walk.h"
#include "vmm/post_mortem.h"
#include "vmm/x86.h"

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
	complain("  r8  %016" PRIx64 " r9  %016" PRIx64 " r10 %016" PRIx64 " r11 %016" PRIx64,
		 (uint64_t)r->r8, (uint64_t)r->r9, (uint64_t)r->r10, (uint64_t)r->r11);
	complain("  r12 %016" PRIx64 " r13 %016" PRIx64 " r14 %016" PRIx64 " r15 %016" PRIx64,
		 (uint64_t)r->r12, (uint64_t)r->r13, (uint64_t)r->r14, (uint64_t)r->r15);
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
	print_segment("tr", &s->tr);
	complain("  cr0 %08" PRIx64 " cr2 %016" PRIx64 " cr3 %016" PRIx64 " cr4 %08" PRIx64
		 " efer %04" PRIx64,
		 (uint64_t)s->cr0, (uint64_t)s->cr2, (uint64_t)s->cr3, (uint64_t)s->cr4,
		 (uint64_t)s->efer);
	complain("  gdt %016" PRIx64 " limit %04x  idt %016" PRIx64 " limit %04x%s",
		 (uint64_t)s->gdt.base, s->gdt.limit, (uint64_t)s->idt.base, s->idt.limit,
		 s->idt.limit ? "" : ": no gate, so any exception is a triple fault");
}

/* How the guest's page tables lead to an address, level by level, and where that ends. */
static void print_walk(const struct vcpu *vcpu, const struct kvm_sregs *sregs, const char *name,
		       uint64_t linear)
{
	struct page_walk walk;
	enum page_walk_end end = page_walk(&walk, &vcpu->machine->vm.memory, sregs, linear);

	complain("  page walk of %s, linear 0x%" PRIx64 ":", name, linear);
	for (unsigned int i = 0; i < walk.step_cnt; i++) {
		const struct page_step *step = &walk.steps[i];
		bool read = end != PAGE_NO_TABLE || i + 1 < walk.step_cnt;

		if (read)
			complain("    %-5s %3u at 0x%" PRIx64 ": 0x%016" PRIx64 "%s%s%s%s",
				 step->name, step->index, step->addr.v, step->entry,
				 step->entry & 1 ? " present" : " not present: a page fault",
				 step->entry & 2 ? " writable" : "", step->entry & 4 ? " user" : "",
				 step->entry >> 63 ? " no-execute" : "");
		else
			complain("    %-5s %3u at 0x%" PRIx64 ": no memory is there", step->name,
				 step->index, step->addr.v);
	}
	if (end == PAGE_NOT_CANONICAL)
		complain("    not canonical: no page table can map it");
	if (end == PAGE_MAPPED)
		complain("    guest-physical 0x%" PRIx64 ", in a page of %" PRIu64 " KiB",
			 walk.physical.v, walk.page_size / 1024);
}

/* The bytes are fetched one by one, as the next may lie on another page. */
static void print_code(const struct vcpu *vcpu, const struct kvm_sregs *sregs, uint64_t linear)
{
	char text[CODE_BYTES * 3 + 1] = "";
	struct page_walk walk;
	unsigned int n = 0;
	uint8_t byte;

	for (; n < CODE_BYTES; n++) {
		const struct guest_memory *memory = &vcpu->machine->vm.memory;

		if (page_walk(&walk, memory, sregs, linear + n) != PAGE_MAPPED ||
		    guest_memory_read(memory, walk.physical, &byte, 1) < 0)
			break;
		snprintf(text + 3 * n, 4, " %02x", byte);
	}
	if (n)
		complain("  code at rip:%s", text);
	else if (page_walk(&walk, &vcpu->machine->vm.memory, sregs, linear) == PAGE_MAPPED)
		complain("  code at rip: no memory is at guest-physical 0x%" PRIx64,
			 walk.physical.v);
	else
		complain("  code at rip: linear address 0x%" PRIx64 " is not mapped", linear);
}

/* The first bytes of kvm_run's union, as far as they tell what the guest did. */
static void describe(const struct exit_note *note, char *text, size_t text_sz)
{
	struct kvm_run run = {0};

	memcpy(&run.hw, note->detail, sizeof(note->detail));
	switch (note->reason) {
	case KVM_EXIT_IO:
		snprintf(text, text_sz, ": %s port 0x%x, %u x %u bytes",
			 run.io.direction == KVM_EXIT_IO_OUT ? "out" : "in", run.io.port,
			 run.io.count, run.io.size);
		break;
	case KVM_EXIT_MMIO:
		snprintf(text, text_sz, ": at 0x%" PRIx64, (uint64_t)run.mmio.phys_addr);
		break;
	default:
		*text = '\0';
	}
}

static void print_notes(const struct vcpu *vcpu)
{
	uint64_t cnt = vcpu->exits < EXIT_NOTES ? vcpu->exits : EXIT_NOTES;
	char text[64];

	if (cnt < 2)
		return;
	complain("  the last %" PRIu64 " of %" PRIu64 " exits to user space, the latest below:",
		 cnt, vcpu->exits);
	for (uint64_t i = vcpu->exits - cnt; i < vcpu->exits; i++) {
		const struct exit_note *note = &vcpu->notes[i % EXIT_NOTES];

		describe(note, text, sizeof(text));
		complain("    rip %016" PRIx64 " %s%s", note->rip, exit_name(note->reason), text);
	}
}

static void print_events(struct vcpu *vcpu)
{
	struct kvm_vcpu_events e = {0};

	if (kvm_ioctl_quiet(vcpu->fd, KVM_GET_VCPU_EVENTS, (unsigned long)&e) < 0)
		return;
	if (e.exception.injected || e.exception.pending)
		complain("  on its way to the guest: exception %u, error code 0x%x", e.exception.nr,
			 e.exception.has_error_code ? e.exception.error_code : 0);
	if (e.interrupt.injected)
		complain("  on its way to the guest: interrupt %u", e.interrupt.nr);
}

static void print_broken_rules(uint64_t reason, const struct kvm_regs *regs,
			       const struct kvm_sregs *sregs)
{
	unsigned int i = 0;
	const char *rule = entry_rule_broken(&i, reason, regs, sregs);

	if (!rule)
		complain("  its registers break no rule that we know; the cause is in what KVM "
			 "does not show");
	for (; rule; rule = entry_rule_broken(&i, reason, regs, sregs))
		complain("  broken: %s", rule);
}

void post_mortem(struct vcpu *vcpu)
{
	uint32_t reason = vcpu->run->exit_reason;
	struct kvm_sregs sregs;
	struct kvm_regs regs;

	if (KVM_IOCTL(vcpu->fd, KVM_GET_REGS, &regs) < 0 ||
	    KVM_IOCTL(vcpu->fd, KVM_GET_SREGS, &sregs) < 0)
		return;
	if (reason == KVM_EXIT_FAIL_ENTRY)
		print_broken_rules(vcpu->run->fail_entry.hardware_entry_failure_reason, &regs,
				   &sregs);
	/* Kernel: shutdown_interception() in svm.c resets the vCPU; VMX leaves it alone. */
	if (reason == KVM_EXIT_SHUTDOWN && regs.rip == RESET_RIP && sregs.cs.base == RESET_CS_BASE)
		complain("  These are the registers of a reset: on AMD, KVM resets the vCPU before "
			 "it tells of the triple fault.");
	print_registers(&regs);
	print_system(&sregs);
	print_events(vcpu);
	print_code(vcpu, &sregs, sregs.cs.base + regs.rip);
	if (sregs.cr0 & CR0_PG) {
		print_walk(vcpu, &sregs, "rip", sregs.cs.base + regs.rip);
		if (sregs.cr2)
			print_walk(vcpu, &sregs, "cr2, the last page fault", sregs.cr2);
	}
	print_notes(vcpu);
}
