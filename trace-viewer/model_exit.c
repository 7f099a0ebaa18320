/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Entries and exits of a KVM_RUN. */
#include "trace-viewer/model_exit.h"

#include <linux/kvm.h>

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/model_frame.h"
#include "trace-viewer/model_func.h"
#include "trace-viewer/model_part.h"

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
