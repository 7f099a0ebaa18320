/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Entries and exits of a KVM_RUN, and the records that say more of an exit. */
#include "trace-viewer/model_exit.h"

#include <linux/kvm.h>
#include <string.h>

#include "trace-viewer/exit_decode.h"

static enum func_role role_of(const struct node *node)
{
	const struct func_row *row = node->kind == NODE_FUNC ? NODE_AS_CONST(func, node)->func : NULL;

	return row ? row->role : FUNC_OTHER;
}

bool model_serves_exit(const struct node *node)
{
	return role_of(node) == FUNC_SERVES_EXIT;
}

/* The KVM_RUN that is open; one whose begin was not seen is made. NULL: no room. */
static struct node_ioctl *run_get(struct model *model, struct thread *t, uint64_t now_ns)
{
	struct node_ioctl *io = thread_ioctl(t);
	struct node *node;

	if (io && io->cmd == KVM_RUN)
		return io;
	model_unwind_kernel(model, t, now_ns);
	node = node_new(NODE_IOCTL, now_ns);
	if (!node)
		return NULL;
	io = NODE_AS(ioctl, node);
	io->cmd = KVM_RUN;
	io->user_reason = -1;
	node->flags |= NODE_BEGIN_UNSEEN;
	if (!thread_push(model, t, node))
		return NULL;
	if (t->vm) {
		node->vm = t->vm;
		node_set_vm(node->parent, t->vm);
	}
	thread_tell_open(model, t);
	return io;
}

static void forget_answered(struct thread *t)
{
	if (t->answered)
		NODE_AS(exit, t->answered)->awaited_by = NULL;
	t->answered = NULL;
}

/* Frames that began while an exit was served, and in which the guest now runs, are no part of it. */
static void lift_from_span(struct model *model, struct thread *t, uint64_t now_ns)
{
	struct node *span = t->span, *frame = NULL;
	uint64_t end_ns = now_ns;

	if (!span)
		return;
	for (uint32_t i = t->depth; i--;)
		if (t->stack[i]->parent == span)
			frame = t->stack[i];
	if (frame) {
		struct node *parent = span->parent;

		end_ns = frame->start_ns;
		node_unlink(frame);
		thread_span_end(model, t, end_ns, 0);
		node_append(parent, frame);
		return;
	}
	thread_span_end(model, t, end_ns, 0);
}

/*
 * When the guest goes on after an interrupt of the host, the frame before it goes on too, and
 * keeps count. Only where things are folded: else each is told.
 */
static bool resume_after_interrupt(struct model *model, struct thread *t, uint64_t now_ns)
{
	struct node *exit = t->stack[t->depth - 1]->last, *guest = exit ? exit->prev : NULL;
	const struct node_exit *e = NODE_AS_CONST(exit, exit);

	if (model->keep != MODEL_FOLDED || !guest || exit->kind != NODE_EXIT || guest->kind != NODE_GUEST ||
	    exit->first || e->user_reason >= 0 || !exit_is_interrupt(e->isa, e->reason))
		return false;
	NODE_AS(guest, guest)->interrupt_cnt++;
	NODE_AS(guest, guest)->interrupt_ns += now_ns - exit->start_ns;
	if (exit->off_cpu && guest->off_cpu)
		off_cpu_merge(guest->off_cpu, exit->off_cpu);
	else if (exit->off_cpu)
		guest->off_cpu = exit->off_cpu, exit->off_cpu = NULL;
	node_unlink(exit);
	node_free(exit);
	guest->flags |= NODE_IS_OPEN;
	t->span = guest;
	return true;
}

void model_on_entry(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_kvm_entry *r = &rec->kvm_entry;
	struct node_ioctl *io = run_get(model, t, r->header.time_ns);
	struct node *node;

	if (!io)
		return;
	account_close(model, t, r->header.time_ns, true);
	/* two entries in a row: the exit between them was lost */
	if (t->span && t->span->kind == NODE_GUEST)
		thread_span_end(model, t, r->header.time_ns, NODE_END_UNSEEN);
	lift_from_span(model, t, r->header.time_ns);
	forget_answered(t);
	t->entry_ns = r->header.time_ns;
	t->injected = t->inject;
	t->inject = (struct inject){ .is_there = false };
	off_cpu_none(&t->guest_off_cpu);
	model->entry_cnt++;
	if (r->vcpu_id < INT16_MAX)
		node_set_vcpu(&io->node, (int32_t)r->vcpu_id);
	if (!t->injected.is_there && resume_after_interrupt(model, t, r->header.time_ns))
		return;
	node = node_new(NODE_GUEST, r->header.time_ns);
	if (!node)
		return;
	NODE_AS(guest, node)->rip = r->rip;
	NODE_AS(guest, node)->inject = t->injected;
	thread_span_begin(model, t, node, t->stack[t->depth - 1]);
}

/* The frame that the exit goes below. Handlers that began before kvm_exit go below the exit. */
static struct node *exit_parent(struct thread *t, struct node **handler)
{
	uint32_t i = t->depth - 1;

	*handler = NULL;
	for (; i; i--) {
		enum func_role role = role_of(t->stack[i]);

		if (role != FUNC_RUNS_GUEST && role != FUNC_SERVES_EXIT)
			break;
		if (role == FUNC_SERVES_EXIT)
			*handler = t->stack[i];
	}
	return t->stack[i];
}

static void exit_count(struct model *model, struct thread *t, const struct rec_kvm_exit *r,
		       struct node_ioctl *io)
{
	struct vm *vm = io->node.vm ? io->node.vm : model->vms[0];
	struct vcpu *vcpu = vm_vcpu(vm, (int32_t)r->vcpu_id);
	uint64_t guest_ns = 0;

	model->exit_cnt++;
	vm->exit_cnt++;
	account_close(model, t, r->header.time_ns, false);
	if (!vcpu)
		return;
	vcpu->exit_cnt++;
	if (t->entry_ns && r->header.time_ns > t->entry_ns) {
		guest_ns = r->header.time_ns - t->entry_ns;
		guest_ns -= t->guest_off_cpu.ns < guest_ns ? t->guest_off_cpu.ns : guest_ns;
		vcpu->guest_ns += guest_ns;
		vcpu->entry_cnt++;
	}
	t->entry_ns = 0;
	account_exit(t, vm, vcpu, r, guest_ns);
}

void model_on_exit(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_kvm_exit *r = &rec->kvm_exit;
	struct node_ioctl *io = run_get(model, t, r->header.time_ns);
	struct node *node, *parent, *handler;
	struct node_exit *e;

	if (!io) {
		model->exit_cnt++;
		model->unplaced_exit_cnt++;
		return;
	}
	if (r->vcpu_id < INT16_MAX)
		node_set_vcpu(&io->node, (int32_t)r->vcpu_id);
	exit_count(model, t, r, io);
	if (t->span && t->span->kind == NODE_EXIT)
		lift_from_span(model, t, r->header.time_ns); /* the entry was lost */
	thread_span_end(model, t, r->header.time_ns, 0);
	forget_answered(t);
	parent = exit_parent(t, &handler);
	node = node_new(NODE_EXIT, r->header.time_ns);
	if (!node)
		return;
	e = NODE_AS(exit, node);
	e->rip = r->rip;
	e->info1 = r->info1;
	e->info2 = r->info2;
	e->reason = r->reason;
	e->isa = r->isa;
	e->intr_info = r->intr_info;
	e->error_code = r->error_code;
	e->user_reason = -1;
	if (r->isa == REC_ISA_SVM && exit_is_nested_fault(r->isa, r->reason)) {
		e->has_fault = true; /* SVM says itself what kvm_page_fault will repeat */
		e->fault_error = r->info1;
		e->fault_lo = e->fault_hi = r->info2;
	}
	e->awaited_by = &t->answered;
	t->answered = node;
	thread_span_begin(model, t, node, parent);
	if (handler && handler->parent == parent) {
		node_unlink(handler);
		node_append(node, handler);
	}
}

void model_on_userspace_exit(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_kvm_userspace_exit *r = &rec->kvm_userspace_exit;
	struct node_ioctl *io = thread_ioctl(t);

	(void)model;
	account_user_reason(t, r->reason);
	if (!io || io->cmd != KVM_RUN)
		return;
	io->user_reason = r->reason;
	io->user_error = r->error;
	/* without an entry in this KVM_RUN the answered exit is of the one before */
	if (t->answered && t->answered->start_ns >= io->node.start_ns) {
		NODE_AS(exit, t->answered)->user_reason = r->reason;
		NODE_AS(exit, t->answered)->user_error = r->error;
	}
}

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
