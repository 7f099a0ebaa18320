/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Records that say more of an exit, or of what was between two. */
#include "trace-viewer/model_detail.h"

#include <linux/kvm.h>

#include "trace-viewer/model_frame.h"

/* --- what is told of an exit ------------------------------------------------------- */

#define MMIO_READ_UNSATISFIED 0 /* KVM_TRACE_MMIO_* of the kernel's trace.h */
#define MMIO_WRITE	      2

static void detail_of(struct exit_detail *d, const union record *rec)
{
	*d = (struct exit_detail){ .kind = rec->header.kind, .cnt = 1, .has_value = true };
	switch (rec->header.kind) {
	case REC_kvm_pio:
		d->index = rec->kvm_pio.port;
		d->size = rec->kvm_pio.size;
		d->repeat = rec->kvm_pio.count;
		d->value = rec->kvm_pio.value;
		d->is_write = rec->kvm_pio.is_out;
		break;
	case REC_kvm_mmio:
		d->addr = rec->kvm_mmio.gpa;
		d->size = rec->kvm_mmio.len;
		d->value = rec->kvm_mmio.value;
		d->is_write = rec->kvm_mmio.type == MMIO_WRITE;
		d->has_value = rec->kvm_mmio.type != MMIO_READ_UNSATISFIED;
		break;
	case REC_kvm_msr:
		d->index = rec->kvm_msr.msr;
		d->value = rec->kvm_msr.value;
		d->is_write = rec->kvm_msr.is_write;
		d->is_fault = rec->kvm_msr.is_fault;
		break;
	case REC_kvm_cpuid:
		d->index = rec->kvm_cpuid.leaf;
		d->addr = rec->kvm_cpuid.subleaf;
		d->is_fault = !rec->kvm_cpuid.is_found;
		d->value = rec->kvm_cpuid.rax;
		break;
	case REC_kvm_cr:
		d->index = rec->kvm_cr.cr;
		d->value = rec->kvm_cr.value;
		d->is_write = rec->kvm_cr.is_write;
		break;
	case REC_kvm_hypercall:
		d->addr = rec->kvm_hypercall.nr;
		d->value = rec->kvm_hypercall.a0;
		break;
	}
}

static bool detail_is_same(const struct exit_detail *a, const struct exit_detail *b)
{
	return a->kind == b->kind && a->index == b->index && a->addr == b->addr &&
	       a->is_write == b->is_write;
}

static void exit_join(struct node_exit *e, const struct exit_detail *d)
{
	if (!e->detail.kind) {
		e->detail = *d;
	} else if (!e->detail.has_value && d->has_value && detail_is_same(&e->detail, d)) {
		e->detail.value = d->value;
		e->detail.has_value = true;
	} else {
		e->detail.cnt++;
	}
}

void model_on_detail(struct model *model, struct thread *t, const union record *rec)
{
	struct exit_detail d;
	struct node *node;

	detail_of(&d, rec);
	account_detail(t, &d);
	if (t->span && t->span->kind == NODE_EXIT) {
		exit_join(NODE_AS(exit, t->span), &d);
		return;
	}
	/* a read is answered in the KVM_RUN after that of its exit, before the next entry */
	if (t->answered && !(t->span && t->span->kind == NODE_GUEST)) {
		exit_join(NODE_AS(exit, t->answered), &d);
		return;
	}
	/* its exit is folded away already, or was lost */
	if (!t->depth || (t->account.is_active && !d.is_write))
		return;
	node = node_new(NODE_DETAIL, rec->header.time_ns);
	if (!node)
		return;
	NODE_AS(detail, node)->detail = d;
	thread_leaf(model, t, node);
}

/* --- interrupts and waits ------------------------------------------------------------ */

static void note_of(struct exit_detail *d, const union record *rec)
{
	*d = (struct exit_detail){ .kind = rec->header.kind, .cnt = 1, .has_value = true };
	switch (rec->header.kind) {
	case REC_kvm_apic:
		d->index = rec->kvm_apic.reg;
		d->value = rec->kvm_apic.value;
		d->is_write = rec->kvm_apic.is_write;
		break;
	case REC_kvm_apic_ipi:
		d->index = rec->kvm_apic_ipi.icr_low;
		d->addr = rec->kvm_apic_ipi.dest_id;
		break;
	case REC_kvm_apic_accept_irq:
		d->index = rec->kvm_apic_accept_irq.vector;
		d->addr = rec->kvm_apic_accept_irq.apic_id;
		d->size = rec->kvm_apic_accept_irq.mode;
		d->is_write = rec->kvm_apic_accept_irq.is_level;
		break;
	case REC_kvm_eoi:
		d->index = (uint32_t)rec->kvm_eoi.vector;
		d->addr = rec->kvm_eoi.apic_id;
		break;
	case REC_kvm_vcpu_wakeup:
		d->value = rec->kvm_vcpu_wakeup.waited_ns;
		d->is_write = rec->kvm_vcpu_wakeup.is_blocked;
		break;
	case REC_kvm_halt_poll_ns:
		d->value = rec->kvm_halt_poll_ns.new_ns;
		d->answer = rec->kvm_halt_poll_ns.old_ns;
		break;
	case REC_kvm_fast_mmio:
		d->addr = rec->kvm_fast_mmio.gpa;
		break;
	case REC_kvm_ple_window:
		d->value = rec->kvm_ple_window.new_cycles;
		d->answer = rec->kvm_ple_window.old_cycles;
		break;
	case REC_kvm_set_irq:
		d->index = rec->kvm_set_irq.gsi;
		d->value = (uint64_t)rec->kvm_set_irq.level;
		d->is_write = rec->kvm_set_irq.level;
		break;
	}
}

void model_on_note(struct model *model, struct thread *t, const union record *rec)
{
	struct node *node;

	/* outside of any frame it is not known what it is about */
	if (!t->depth)
		return;
	node = node_new(NODE_NOTE, rec->header.time_ns);
	if (!node)
		return;
	node->vcpu = thread_top(t)->vcpu;
	note_of(&NODE_AS(detail, node)->detail, rec);
	thread_leaf(model, t, node);
}

void model_on_answer(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_kvm_answer *r = &rec->kvm_answer;
	bool is_hypercall = r->reason == KVM_EXIT_HYPERCALL;
	struct exit_detail *d, told = {
		.kind = is_hypercall ? REC_kvm_hypercall : REC_kvm_msr, .cnt = 1,
		.is_write = r->reason == KVM_EXIT_X86_WRMSR, .is_fault = r->error, .has_value = !is_hypercall,
		.value = r->value, .index = is_hypercall ? 0 : (uint32_t)r->index, .addr = r->index,
	};

	(void)model;
	if (!t->answered)
		return;
	d = &NODE_AS(exit, t->answered)->detail;
	if (!d->kind) {
		*d = told;
		account_detail(t, &told);
	}
	if (d->kind == told.kind && is_hypercall) {
		d->has_answer = true;
		d->answer = r->value;
	}
}

void model_on_page_fault(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_kvm_page_fault *r = &rec->kvm_page_fault;
	struct node_exit *e;

	(void)model;
	if (!t->span || t->span->kind != NODE_EXIT)
		return;
	account_fault(t, r->address);
	e = NODE_AS(exit, t->span);
	e->has_fault = true;
	e->fault_error = r->error_code;
	e->fault_lo = e->fault_hi = r->address;
}
