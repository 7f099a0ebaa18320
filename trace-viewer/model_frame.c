/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A stack of open frames; a frame that closes is filtered, folded, and put where it belongs. */
#include "trace-viewer/model_frame.h"

#include "trace-viewer/fold.h"
#include "trace-viewer/model_part.h"

#define LIVE_NODES_MAX 60000u /* beyond, closed frames lose what is below them */

struct node *thread_top(const struct thread *t)
{
	struct node *top = t->depth ? t->stack[t->depth - 1] : NULL;

	if (t->span && t->span->kind == NODE_EXIT && t->span->parent == top)
		return t->span;
	return top;
}

struct node_ioctl *thread_ioctl(const struct thread *t)
{
	for (uint32_t i = t->depth; i--;)
		if (t->stack[i]->kind == NODE_IOCTL)
			return NODE_AS(ioctl, t->stack[i]);
	return NULL;
}

static void frame_tell(struct model *model, const struct thread *t, const struct node *node,
		       void (*fn)(void *owner, const struct frame_fact *fact))
{
	struct frame_fact fact;

	if (!fn)
		return;
	fact = (struct frame_fact){
		.node = node, .vm = node->vm ? node->vm : t->vm, .vcpu_id = node->vcpu,
		.tid = t->tid, .tgid = t->tgid, .comm = t->comm,
	};
	for (const struct node *n = node->parent; n && n->kind != NODE_THREAD; n = n->parent)
		fact.depth++;
	fn(model->observer.owner, &fact);
}

void thread_tell_open(struct model *model, const struct thread *t)
{
	if (t->depth)
		frame_tell(model, t, t->stack[t->depth - 1], model->observer.frame_open);
}

bool thread_push(struct model *model, struct thread *t, struct node *node)
{
	struct node *top = thread_top(t);

	if (t->depth == THREAD_STACK_MAX) {
		t->too_deep_cnt++;
		model->unplaced_cnt++;
		node_free(node);
		return false;
	}
	node->flags |= NODE_IS_OPEN;
	if (top) {
		node_append(top, node);
		if (!node->vm)
			node->vm = top->vm;
	}
	t->stack[t->depth++] = node;
	return true;
}

/* Bounds memory when folding cannot: the closed frame keeps its sums only. */
static void prune(struct node *node)
{
	struct node *next;

	for (struct node *child = node->first; child; child = next) {
		next = child->next;
		if (child->flags & (NODE_IS_OPEN | NODE_IS_UNIQUE))
			continue;
		node->pruned_exit_cnt += node_exit_cnt(child);
		node->flags |= NODE_IS_PRUNED;
		node_unlink(child);
		node_free(child);
	}
}

/* What is below the node goes to its place; the node goes. */
static void node_splice(struct model *model, struct thread *t, struct node *node)
{
	struct node *parent = node->parent, *next;

	node_unlink(node);
	for (struct node *child = node->first; child; child = next) {
		next = child->next;
		node_unlink(child);
		if (!child->vm)
			child->vm = node->vm;
		if (!parent)
			part_close_root(model, t, child);
		else
			part_close_into(model, t, parent, child);
	}
	node_free(node);
}

/* Does what the filter says of a closed node; false: it is gone. What it has below it was kept. */
static bool node_filter(struct model *model, struct thread *t, struct node *node)
{
	bool has_run = t->first_run_ns && node->start_ns >= t->first_run_ns;

	if (filter_judge(model->filter, node, model->time_first_ns, has_run))
		return true;
	node_splice(model, t, node);
	return false;
}

/* The closed node goes to whom it belongs, folded if that is wanted. */
static void node_keep(struct model *model, struct thread *t, struct node *node)
{
	struct node *parent = node->parent;
	bool is_folding = model->keep == MODEL_FOLDED;

	if (model->filter && !node_filter(model, t, node))
		return;
	if (is_folding && node_live_cnt() > LIVE_NODES_MAX)
		prune(node);
	if (is_folding)
		fold_done(node);
	if (!model->sink)
		node_sign(node);
	if (parent && node->vm && parent->vm && node->vm != parent->vm) {
		node_unlink(node);
		parent = NULL;
	}
	if (!parent)
		part_close_root(model, t, node);
	else
		part_settle(model, t, parent, node);
}

/* The node is at its end. */
static void node_close(struct model *model, struct thread *t, struct node *node)
{
	node->flags &= (uint16_t)~NODE_IS_OPEN;
	frame_tell(model, t, node, model->observer.frame_close);
	if (model->keep != MODEL_FACTS) {
		node_keep(model, t, node);
		return;
	}
	node_unlink(node);
	node_free(node);
}

void thread_leaf(struct model *model, struct thread *t, struct node *node)
{
	struct node *top = thread_top(t);

	if (top) {
		node_append(top, node);
		if (!node->vm)
			node->vm = top->vm;
	} else if (!node->vm) {
		node->vm = t->vm;
	}
	frame_tell(model, t, node, model->observer.frame_open);
	node_close(model, t, node);
}

void thread_span_begin(struct model *model, struct thread *t, struct node *node, struct node *parent)
{
	node->flags |= NODE_IS_OPEN;
	node->vm = parent->vm;
	node->vcpu = parent->vcpu;
	node_append(parent, node);
	t->span = node;
	frame_tell(model, t, node, model->observer.frame_open);
}

void thread_span_end(struct model *model, struct thread *t, uint64_t now_ns, uint8_t flags)
{
	struct node *span = t->span;

	if (!span)
		return;
	t->span = NULL;
	span->end_ns = now_ns > span->start_ns ? now_ns : span->start_ns;
	span->flags |= flags;
	node_close(model, t, span);
}

void thread_pop(struct model *model, struct thread *t, uint64_t now_ns, uint8_t flags)
{
	struct node *node = t->stack[t->depth - 1];

	if (t->span && t->span->parent == node)
		thread_span_end(model, t, now_ns, flags);
	t->depth--;
	node->end_ns = now_ns > node->start_ns ? now_ns : node->start_ns;
	node->flags |= flags;
	node_close(model, t, node);
}

void thread_unwind(struct model *model, struct thread *t, uint32_t depth, uint64_t now_ns)
{
	while (t->depth > depth)
		thread_pop(model, t, now_ns, NODE_END_UNSEEN);
	if (!t->depth)
		t->too_deep_cnt = 0;
}
