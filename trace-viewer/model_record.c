/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a record does to the model, by its kind; processes, counters and losses. */
#include "trace-viewer/model_record.h"

#include <stdlib.h>
#include <string.h>

#include "trace-viewer/model_detail.h"
#include "trace-viewer/model_exit.h"
#include "trace-viewer/model_frame.h"
#include "trace-viewer/model_func.h"
#include "trace-viewer/model_inject.h"
#include "trace-viewer/model_ioctl.h"
#include "trace-viewer/model_off_cpu.h"
#include "trace-viewer/model_part.h"
#include "trace-viewer/model_thread.h"
#include "trace-viewer/model_vm.h"

/* --- processes, counters, losses ------------------------------------------------ */

static void comm_copy(struct thread *t, const unsigned char *comm, uint32_t comm_sz)
{
	memset(t->comm, 0, sizeof(t->comm));
	memcpy(t->comm, comm, comm_sz < REC_COMM_MAX ? comm_sz : REC_COMM_MAX);
	for (char *c = t->comm; *c; c++)
		if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7e)
			*c = '?';
}

static void on_process_fork(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_process_fork *r = &rec->process_fork;
	struct thread *child = thread_get(model, r->child_tid, r->child_tgid);

	if (child && child != t) {
		child->tgid = r->child_tgid;
		thread_adopt(model, t, child, r->header.time_ns);
	}
}

static void on_process_exec(struct model *model, struct thread *t, const union record *rec)
{
	thread_unwind(model, t, 0, rec->header.time_ns);
	comm_copy(t, rec->process_exec.comm, rec->process_exec.comm_sz);
}

static void on_process_exit(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_process_exit *r = &rec->process_exit;

	if (!t->comm[0])
		comm_copy(t, r->comm, r->comm_sz);
	for (uint32_t i = 1; i <= model->vm_cnt; i++) {
		struct vm *vm = model->vms[i];

		if (vm->tgid != t->tgid)
			continue;
		if (!vm->comm[0])
			memcpy(vm->comm, t->comm, sizeof(t->comm));
		if (t->tid != t->tgid)
			continue;
		vm->is_process_ended = true;
		vm->wait_status = r->wait_status;
	}
	thread_end(model, t, r->header.time_ns);
}

static void on_vcpu_counter(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_vcpu_counter *r = &rec->vcpu_counter;
	struct vm *vm = model_vm(model, r->vm);
	struct vcpu *vcpu;

	if (!vm)
		vm = model_vm_of(model, t, r->vm, false);
	vcpu = vm_vcpu(vm, (int32_t)r->vcpu_id);
	if (!vcpu)
		return;
	/* of a vCPU that ran on several threads each may tell: the last one knows most */
	if (r->exits < vcpu->counter_base || (vcpu->has_counter && r->exits - vcpu->counter_base < vcpu->counter))
		return;
	vcpu->has_counter = true;
	vcpu->counter = r->exits - vcpu->counter_base;
}

/* The recording began in the middle of its life. */
static void on_vcpu_base(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_vcpu_base *r = &rec->vcpu_base;
	struct vm *vm = model_vm(model, r->vm);
	struct vcpu *vcpu;

	if (!vm)
		vm = model_vm_of(model, t, r->vm, false);
	/* it may be in the midst of a KVM_RUN of this vCPU, which without ioctls never ends */
	if (!t->vm)
		t->vm = vm;
	if (thread_ioctl(t))
		node_set_vm(&thread_ioctl(t)->node, vm);
	vcpu = vm->is_creation_seen ? NULL : vm_vcpu(vm, (int32_t)r->vcpu_id);
	/* a later one tells only that the vCPU has moved to another thread */
	if (!vcpu || vcpu->has_base)
		return;
	vcpu->has_base = true;
	vcpu->counter_base = r->exits;
}

void model_mark_loss(struct model *model, uint32_t cpu)
{
	uint64_t number = ++model->loss_number;

	if (cpu == UINT32_MAX)
		model->loss_everywhere = number;
	else
		model->loss_on_cpu[cpu % MODEL_CPUS_MAX] = number;
}

/* The frame of a thread that closed last; NULL: it is gone, or it is not known whose it was. */
static struct node *last_closed(const struct thread *t)
{
	if (t->depth)
		return t->stack[t->depth - 1]->last;
	for (const struct thread_part *part = t->parts; part; part = part->next)
		if (part->vm == t->vm)
			return part->node->last;
	return NULL;
}

/* Marks the open frames of a thread when records were lost where it ran since it was last heard of. */
static void loss_note(struct model *model, struct thread *t)
{
	uint64_t last;
	struct node *closed;

	if (t->loss_seen == model->loss_number)
		return;
	last = model->loss_on_cpu[t->last_cpu % MODEL_CPUS_MAX];
	if (last < model->loss_everywhere)
		last = model->loss_everywhere;
	if (last <= t->loss_seen)
		return;
	t->loss_seen = model->loss_number;
	/* what is below a marked frame is marked already */
	for (uint32_t i = t->depth; i && !(t->stack[i - 1]->flags & NODE_SPANS_LOSS); i--)
		t->stack[i - 1]->flags |= NODE_SPANS_LOSS;
	closed = last_closed(t);
	if (t->span)
		t->span->flags |= NODE_SPANS_LOSS;
	else if (closed)
		closed->flags |= NODE_BEFORE_LOSS;
	t->account.fact.spans_loss = true;
}

static void on_lost(struct model *model, struct thread *t, const union record *rec)
{
	struct node *node = node_new(NODE_LOST, rec->header.time_ns);

	model->lost_cnt += rec->lost.count;
	model_mark_loss(model, rec->header.cpu);
	if (!node)
		return;
	NODE_AS(lost, node)->lost_cnt = rec->lost.count;
	NODE_AS(lost, node)->cause = rec->lost.cause;
	NODE_AS(lost, node)->cpu = rec->header.cpu;
	thread_leaf(model, t, node);
}

/* --- dispatch ------------------------------------------------------------------ */

typedef void record_fn(struct model *model, struct thread *t, const union record *rec);

static record_fn *const handlers[REC_KIND_END] = {
	[REC_ioctl_enter] = model_on_ioctl_enter,
	[REC_ioctl_exit] = model_on_ioctl_exit,
	[REC_ioctl_data] = model_on_ioctl_data,
	[REC_func_enter] = model_on_func_enter,
	[REC_func_exit] = model_on_func_exit,
	[REC_kvm_entry] = model_on_entry,
	[REC_kvm_exit] = model_on_exit,
	[REC_kvm_userspace_exit] = model_on_userspace_exit,
	[REC_kvm_pio] = model_on_detail,
	[REC_kvm_mmio] = model_on_detail,
	[REC_kvm_msr] = model_on_detail,
	[REC_kvm_cpuid] = model_on_detail,
	[REC_kvm_page_fault] = model_on_page_fault,
	[REC_kvm_cr] = model_on_detail,
	[REC_kvm_hypercall] = model_on_detail,
	[REC_process_fork] = on_process_fork,
	[REC_process_exec] = on_process_exec,
	[REC_process_exit] = on_process_exit,
	[REC_vcpu_counter] = on_vcpu_counter,
	[REC_vcpu_base] = on_vcpu_base,
	[REC_lost] = on_lost,
	[REC_kvm_inject] = model_on_inject,
	[REC_kvm_apic] = model_on_note,
	[REC_kvm_apic_ipi] = model_on_note,
	[REC_kvm_apic_accept_irq] = model_on_early,
	[REC_kvm_eoi] = model_on_note,
	[REC_kvm_vcpu_wakeup] = model_on_note,
	[REC_kvm_halt_poll_ns] = model_on_note,
	[REC_kvm_fast_mmio] = model_on_note,
	[REC_kvm_ple_window] = model_on_note,
	[REC_kvm_set_irq] = model_on_note,
	[REC_kvm_answer] = model_on_answer,
	[REC_off_cpu] = model_on_early,
	[REC_ioctl_more] = model_on_ioctl_more,
};

void model_record(struct model *model, const union record *rec)
{
	const struct rec_header *h = &rec->header;
	struct thread *t = thread_get(model, h->tid, h->tgid);

	model->record_cnt++;
	if (!model->time_first_ns || h->time_ns < model->time_first_ns)
		model->time_first_ns = h->time_ns;
	if (h->time_ns > model->time_last_ns)
		model->time_last_ns = h->time_ns;
	if (!t || h->kind >= REC_KIND_END || !handlers[h->kind]) {
		model->unplaced_cnt++;
		model->unplaced_exit_cnt += h->kind == REC_kvm_exit;
		model->exit_cnt += h->kind == REC_kvm_exit;
		return;
	}
	loss_note(model, t);
	t->last_cpu = h->cpu;
	if (handlers[h->kind] != model_on_early) {
		if (t->early_cnt)
			model_early_until(model, t, h->time_ns);
		if (h->time_ns > t->last_ns)
			t->last_ns = h->time_ns;
	}
	handlers[h->kind](model, t, rec);
}

static void close_thread(struct model *model, struct thread *t, const void *unused)
{
	(void)unused;
	loss_note(model, t);
	/* an open frame lasted at least until the thread was last heard of */
	thread_end(model, t, t->last_ns);
}

void model_close_threads(struct model *model)
{
	threads_each(model, close_thread, NULL);
}
