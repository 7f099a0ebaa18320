/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Thread parts: the roots that a thread has for each VM, and which VM a frame belongs to. */
#include "trace-viewer/model_part.h"

#include <stdlib.h>
#include <string.h>

#include "trace-viewer/fold.h"

#define THREAD_NODES_MAX 8192u

void node_set_vm(struct node *node, struct vm *vm)
{
	for (; node && !node->vm; node = node->parent)
		node->vm = vm;
}

void node_set_vcpu(struct node *node, int32_t id)
{
	for (; node && node->kind != NODE_ROOT; node = node->parent) {
		if (node->vcpu == id || node->vcpu == NODE_VCPU_MIXED)
			return;
		if (node->kind == NODE_THREAD && node->parent && node->parent->kind != NODE_ROOT &&
		    node->vcpu == NODE_VCPU_NONE) {
			node->vcpu = (int16_t)id; /* its creator is no part of the vCPU */
			return;
		}
		node->vcpu = node->vcpu == NODE_VCPU_NONE ? (int16_t)id : NODE_VCPU_MIXED;
	}
}

struct node *part_node_new(struct model *model, const struct thread *t, uint64_t now_ns)
{
	struct node *node;

	if (model->thread_node_cnt == THREAD_NODES_MAX)
		return NULL;
	node = node_new(NODE_THREAD, now_ns);
	if (!node)
		return NULL;
	model->thread_node_cnt++;
	node->flags = NODE_IS_UNIQUE;
	NODE_AS(thread, node)->tid = t->tid;
	NODE_AS(thread, node)->tgid = t->tgid;
	memcpy(NODE_AS(thread, node)->comm, t->comm, sizeof(t->comm));
	return node;
}

/* The node that takes the roots that t has for vm; NULL: no room. */
static struct node *part_get(struct model *model, struct thread *t, struct vm *vm, uint64_t now_ns)
{
	struct thread_part *part;
	struct node *node = NULL;

	if (!vm) {
		if (!t->pending)
			t->pending = part_node_new(model, t, now_ns);
		return t->pending;
	}
	for (part = t->parts; part; part = part->next)
		if (part->vm == vm)
			return part->node;
	part = calloc(1, sizeof(*part));
	if (!part)
		return NULL;
	if (t->pending) {
		node = t->pending;
		t->pending = NULL;
	} else {
		node = part_node_new(model, t, now_ns);
	}
	if (!node) {
		free(part);
		return NULL;
	}
	node_set_vm(node, vm);
	if (!node->parent && !(node->flags & NODE_IS_WRITTEN))
		node_append(vm->root, node);
	part->vm = vm;
	part->node = node;
	part->next = t->parts;
	t->parts = part;
	return node;
}

/* The last child of parent is there to stay. */
void part_settle(struct model *model, struct thread *t, struct node *parent, struct node *node)
{
	parent->weight += node->weight + 1;
	parent->flags |= node->flags & NODE_IS_UNIQUE;
	if (model->keep == MODEL_FOLDED)
		fold_last(parent);
	else if (model->sink)
		model->sink->settled(model->sink->owner, model, t, node);
}

void part_close_into(struct model *model, struct thread *t, struct node *parent,
		       struct node *node)
{
	if (node->end_ns > parent->end_ns)
		parent->end_ns = node->end_ns;
	node_append(parent, node);
	part_settle(model, t, parent, node);
}

static bool is_below(const struct node *node, const struct node *top)
{
	while (node && node != top)
		node = node->parent;
	return node != NULL;
}

/* What a thread has below the frame, and goes on with, moves out of it. */
static void thread_save(struct model *model, struct thread *t, const void *top)
{
	(void)model;
	if (t->pending && is_below(t->pending, top))
		node_unlink(t->pending);
	for (struct thread_part *part = t->parts; part; part = part->next) {
		if (!is_below(part->node, top))
			continue;
		node_unlink(part->node);
		node_append(part->vm->root, part->node);
	}
}

/* Before a frame goes: other threads keep theirs. */
static void threads_save(struct model *model, const struct node *top)
{
	if (top->flags & NODE_IS_UNIQUE) /* a thread was created in it */
		threads_each(model, thread_save, top);
}

/* A root that is of no VM is of that which its thread had to do with last. */
static struct vm *root_vm(const struct thread *t, const struct node *root)
{
	return root->vm ? root->vm : t->vm;
}

void part_close_root(struct model *model, struct thread *t, struct node *node)
{
	struct node *part = !t->depth && node->flags & NODE_IS_WRITTEN ? t->root_part :
			    part_get(model, t, root_vm(t, node), node->start_ns);

	if (!part) {
		threads_save(model, node);
		model->unplaced_cnt++;
		model->unplaced_exit_cnt += node_exit_cnt(node);
		node_free(node);
		return;
	}
	if (node->vcpu != NODE_VCPU_NONE)
		node_set_vcpu(part, node->vcpu);
	part_close_into(model, t, part, node);
}

struct node *thread_part_of(struct model *model, struct thread *t, const struct node *root)
{
	/* the bottom of the stack may learn of its VM later: what was said of it holds */
	if (!root->parent && root->flags & NODE_IS_WRITTEN)
		return t->root_part;
	if (root->parent)
		return part_get(model, t, root->vm, root->start_ns);
	return t->root_part = part_get(model, t, root_vm(t, root), root->start_ns);
}
