/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Frames of functions, of the kernel and of the VMM. */
#include "trace-viewer/model_func.h"

#include <linux/kvm.h>

#include "trace-viewer/model_frame.h"
#include "trace-viewer/model_inject.h"
#include "trace-viewer/model_ioctl.h"
#include "trace-viewer/model_part.h"
#include "trace-viewer/model_vm.h"

static bool is_creating(const struct node_ioctl *io)
{
	return io && io->cmd == KVM_CREATE_VM;
}

static bool is_user_func(const struct func_row *row)
{
	return row && row->is_vmm;
}

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
		vm = model_vm_of(model, t, pointer, true);
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

void model_on_func_enter(struct model *model, struct thread *t, const union record *rec)
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

void model_on_func_exit(struct model *model, struct thread *t, const union record *rec)
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
