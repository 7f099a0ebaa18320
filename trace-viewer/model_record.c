/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Records become frames of threads, and frames find their VM. */
#include "trace-viewer/model_record.h"

#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/model_exit.h"
#include "trace-viewer/model_inject.h"
#include "trace-viewer/model_off_cpu.h"
#include "trace-viewer/model_thread.h"

/* --- VMs ---------------------------------------------------------------------- */

static bool is_creating(const struct node_ioctl *io)
{
	return io && io->cmd == KVM_CREATE_VM;
}

/* The VM behind a pointer that thread t works with. */
static struct vm *vm_of(struct model *model, struct thread *t, uint64_t pointer, bool is_new)
{
	struct vm *vm = model_vm(model, pointer);

	if (!vm || is_new || vm->is_destroyed) {
		vm = model_vm_new(model, pointer);
		vm->tgid = t->tgid;
		vm->is_creation_seen = is_new;
		if (vm->number)
			memcpy(vm->comm, t->comm, sizeof(vm->comm));
	}
	t->vm = vm;
	return vm;
}

/* --- ioctls ------------------------------------------------------------------- */

static void on_ioctl_enter(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_ioctl_enter *r = &rec->ioctl_enter;
	struct node *node = node_new(NODE_IOCTL, r->header.time_ns);
	struct node_ioctl *io = NODE_AS(ioctl, node);
	struct vm *vm = NULL;

	if (!node)
		return;
	/* a system call begins in user space: no kernel frame is open */
	model_unwind_kernel(model, t, r->header.time_ns);
	io->func = model_func(model, r->func);
	io->cmd = r->cmd;
	io->arg = r->arg;
	io->user_reason = -1;
	if (r->vm)
		vm = vm_of(model, t, r->vm, false);
	if (!thread_push(model, t, node))
		return;
	if (vm) {
		node->vm = vm;
		node_set_vm(node->parent, vm);
	}
	if (r->vcpu_id >= 0 && r->vcpu_id < INT16_MAX) {
		t->vcpu_id = r->vcpu_id;
		node_set_vcpu(node, r->vcpu_id);
		if (vm)
			vm_vcpu(vm, r->vcpu_id); /* it is there, even if no exit of it comes */
	} else if (r->cmd == KVM_CREATE_VCPU && r->arg < INT16_MAX) {
		node_set_vcpu(node, (int32_t)r->arg);
	}
	if (r->cmd == KVM_RUN) {
		account_switch(t, false, r->header.time_ns);
		if (!t->first_run_ns)
			t->first_run_ns = r->header.time_ns;
	}
	thread_tell_open(model, t);
}

static void on_ioctl_exit(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_ioctl_exit *r = &rec->ioctl_exit;
	struct node_ioctl *io = NULL;
	uint32_t depth = t->depth;

	while (depth) {
		io = NODE_AS(ioctl, t->stack[--depth]);
		if (io->node.kind == NODE_IOCTL)
			break;
		io = NULL;
	}
	if (!io || io->cmd != r->cmd) {
		struct node *node = node_new(NODE_IOCTL, r->header.time_ns);

		model_unwind_kernel(model, t, r->header.time_ns);
		if (!node)
			return;
		node->flags |= NODE_BEGIN_UNSEEN;
		io = NODE_AS(ioctl, node);
		io->cmd = r->cmd;
		io->func = model_func(model, r->func);
		io->user_reason = -1;
		io->result = r->result;
		thread_leaf(model, t, node);
		return;
	}
	thread_unwind(model, t, depth + 1, r->header.time_ns);
	io->result = r->result;
	if (io->cmd == KVM_RUN)
		account_switch(t, true, r->header.time_ns);
	if (io->cmd == KVM_CREATE_VCPU && r->result >= 0 && io->node.vm && io->node.vcpu >= 0)
		vm_vcpu(io->node.vm, io->node.vcpu);
	thread_pop(model, t, r->header.time_ns, 0);
}

/* Bytes of the structure, from the first on, in order; what is told twice was changed by KVM. */
static void data_take(struct node_ioctl *io, uint32_t offset, const unsigned char *data, uint32_t sz)
{
	uint32_t room = offset + REC_IOCTL_MORE_MAX;

	if (!sz || offset > io->data_sz || offset + sz > REC_IOCTL_ALL_MAX)
		return;
	if (room > io->data_room) {
		uint8_t *more = realloc(io->data, room);

		if (!more)
			return;
		memset(more + io->data_room, 0, room - io->data_room);
		io->data = more;
		io->data_room = room;
	}
	memcpy(io->data + offset, data, sz);
	if (offset + sz > io->data_sz)
		io->data_sz = offset + sz;
}

static void on_ioctl_data(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_ioctl_data *r = &rec->ioctl_data;
	struct node_ioctl *io = thread_ioctl(t);

	(void)model;
	if (io && io->cmd == r->cmd)
		data_take(io, 0, r->data,
			  r->data_sz < REC_IOCTL_DATA_MAX ? r->data_sz : REC_IOCTL_DATA_MAX);
}

static void on_ioctl_more(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_ioctl_more *r = &rec->ioctl_more;
	struct node_ioctl *io = thread_ioctl(t);

	(void)model;
	if (io && io->cmd == r->cmd)
		data_take(io, r->offset, r->data,
			  r->data_sz < REC_IOCTL_MORE_MAX ? r->data_sz : REC_IOCTL_MORE_MAX);
}

/* --- functions ---------------------------------------------------------------- */

static bool is_user_func(const struct func_row *row)
{
	return row && row->is_vmm;
}

/* Frames of the kernel that are open although user space runs: their ends were not seen. */
void model_unwind_kernel(struct model *model, struct thread *t, uint64_t now_ns)
{
	uint32_t depth = t->depth;

	while (depth && !(t->stack[depth - 1]->kind == NODE_FUNC &&
			  is_user_func(NODE_AS(func, t->stack[depth - 1])->func)))
		depth--;
	thread_unwind(model, t, depth, now_ns);
}

static void func_find_vm(struct model *model, struct thread *t, struct node_func *f)
{
	uint8_t place = f->func ? f->func->kvm_arg : 0;
	uint64_t pointer = place && place <= f->arg_cnt ? f->args[place - 1] : 0;
	struct node_ioctl *io;
	struct vm *vm;

	if (!pointer)
		return;
	io = thread_ioctl(t);
	if (is_creating(io) && !io->node.vm)
		vm = vm_of(model, t, pointer, true);
	else if (is_creating(io))
		vm = io->node.vm;
	else
		vm = model_vm(model, pointer);
	if (!vm)
		return;
	if (f->func->role == FUNC_DESTROYS_VM)
		vm->is_destroyed = true;
	node_set_vm(&f->node, vm);
}

/* Two stack pointers that are further apart are of two stacks: QEMU's coroutines have their own. */
#define STACK_SPAN (128u << 10)

/*
 * Has this frame been left when a function begins at sp, without a return: by longjmp, say, or an
 * exception? A caller's frame lies above; a function that ends in a jump to another one leaves it its
 * own place, and returns with it.
 */
static bool is_left(const struct node *node, const struct node_func *begins)
{
	const struct node_func *f = NODE_AS_CONST(func, node);

	if (node->kind != NODE_FUNC || !is_user_func(f->func) || !f->sp || begins->sp < f->sp)
		return false;
	if (begins->sp == f->sp)
		return !begins->is_chained;
	return begins->sp - f->sp < STACK_SPAN;
}

static void unwind_left(struct model *model, struct thread *t, const struct node_func *begins,
			uint64_t now_ns)
{
	for (uint32_t i = 0; begins->sp && i < t->depth; i++)
		if (is_left(t->stack[i], begins))
			thread_unwind(model, t, i, now_ns);
}

static void on_func_enter(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_func_enter *r = &rec->func_enter;
	struct node *node = node_new(NODE_FUNC, r->header.time_ns);
	struct node_func *f = NODE_AS(func, node);

	if (!node)
		return;
	f->func = model_func(model, r->func);
	f->func_id = r->func;
	f->arg_cnt = r->arg_cnt < 3 ? r->arg_cnt : 3;
	f->args[0] = r->arg0;
	f->args[1] = r->arg1;
	f->args[2] = r->arg2;
	f->sp = r->sp & ~(uint64_t)REC_SP_CHAINED;
	f->is_chained = r->sp & REC_SP_CHAINED;
	if (is_user_func(f->func)) {
		model_unwind_kernel(model, t, r->header.time_ns);
		unwind_left(model, t, f, r->header.time_ns);
	}
	if (f->func && f->func->is_entry_only) {
		node->flags |= NODE_END_UNSEEN;
		thread_leaf(model, t, node);
		return;
	}
	if (!thread_push(model, t, node))
		return;
	func_find_vm(model, t, f);
	account_func_enter(t, f->func);
	model_inject_begin(t, f->func);
	thread_tell_open(model, t);
}

/* How deep the frame is that ends, from 1 on: the innermost of the function, if none is at its sp; 0: none. */
static uint32_t func_exit_depth(const struct thread *t, const struct rec_func_exit *r)
{
	uint32_t innermost = 0;

	for (uint32_t depth = t->depth; depth; depth--) {
		const struct node_func *f = NODE_AS_CONST(func, t->stack[depth - 1]);

		if (f->node.kind != NODE_FUNC || f->func_id != r->func)
			continue;
		if (!is_user_func(f->func) || !r->sp || !f->sp || f->sp == r->sp)
			return depth;
		if (!innermost)
			innermost = depth;
	}
	return innermost;
}

static void on_func_exit(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_func_exit *r = &rec->func_exit;
	struct node *node;
	uint32_t depth;

	if (t->too_deep_cnt) {
		t->too_deep_cnt--;
		return;
	}
	model_inject_end(t, model_func(model, r->func), r->result);
	depth = func_exit_depth(t, r);
	if (depth) {
		thread_unwind(model, t, depth, r->header.time_ns);
		NODE_AS(func, t->stack[depth - 1])->result = r->result;
		thread_pop(model, t, r->header.time_ns, 0);
		account_func_exit(t);
		return;
	}
	node = node_new(NODE_FUNC, r->header.time_ns);
	if (!node)
		return;
	node->flags |= NODE_BEGIN_UNSEEN;
	NODE_AS(func, node)->func = model_func(model, r->func);
	NODE_AS(func, node)->func_id = r->func;
	NODE_AS(func, node)->result = r->result;
	if (is_user_func(NODE_AS(func, node)->func))
		model_unwind_kernel(model, t, r->header.time_ns);
	thread_leaf(model, t, node);
}

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
		vm = vm_of(model, t, r->vm, false);
	vcpu = vm_vcpu(vm, (int32_t)r->vcpu_id);
	if (!vcpu)
		return;
	/* of a vCPU that ran on several threads each may tell: the last one knows most */
	if (vcpu->has_counter && r->exits - vcpu->counter_base < vcpu->counter)
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
		vm = vm_of(model, t, r->vm, false);
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
	[REC_ioctl_enter] = on_ioctl_enter,
	[REC_ioctl_exit] = on_ioctl_exit,
	[REC_ioctl_data] = on_ioctl_data,
	[REC_func_enter] = on_func_enter,
	[REC_func_exit] = on_func_exit,
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
	[REC_ioctl_more] = on_ioctl_more,
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
