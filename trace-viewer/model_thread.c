/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Threads, and their open frames. */
#include "trace-viewer/model_thread.h"

#include <stdlib.h>
#include <string.h>

#include "trace-viewer/fold.h"
#include "trace-viewer/model_off_cpu.h"
#include "trace-viewer/model_part.h"

#define BUCKET_CNT	 1024u
#define LIVE_NODES_MAX	 60000u /* beyond, closed frames lose what is below them */

struct threads {
	struct thread *buckets[BUCKET_CNT];
	uint32_t cnt;
};

struct threads *threads_new(void)
{
	return calloc(1, sizeof(struct threads));
}

static void thread_free(struct thread *t)
{
	struct thread_part *next;

	for (struct thread_part *part = t->parts; part; part = next) {
		next = part->next;
		free(part);
	}
	free(t->early);
	free(t);
}

void threads_free(struct threads *threads)
{
	if (!threads)
		return;
	for (uint32_t i = 0; i < BUCKET_CNT; i++) {
		struct thread *next;

		for (struct thread *t = threads->buckets[i]; t; t = next) {
			next = t->next;
			thread_free(t);
		}
	}
	free(threads);
}

struct thread *thread_find(struct model *model, uint32_t tid, uint32_t tgid)
{
	struct thread **bucket = &model->threads->buckets[tid % BUCKET_CNT];
	struct thread *t;

	for (t = *bucket; t; t = t->next)
		if (t->tid == tid)
			return model->thread_last = t;
	if (model->threads->cnt == MODEL_THREADS_MAX)
		return NULL;
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->tid = tid;
	t->tgid = tgid;
	t->vcpu_id = NODE_VCPU_NONE;
	t->loss_seen = model->loss_number;
	t->next = *bucket;
	*bucket = t;
	model->threads->cnt++;
	return t;
}

void threads_each(struct model *model,
		  void (*fn)(struct model *model, struct thread *t, const void *arg), const void *arg)
{
	for (uint32_t i = 0; i < BUCKET_CNT; i++) {
		struct thread *next;

		for (struct thread *t = model->threads->buckets[i]; t; t = next) {
			next = t->next;
			fn(model, t, arg);
		}
	}
}

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

void thread_adopt(struct model *model, struct thread *parent, struct thread *child, uint64_t now_ns)
{
	struct node *top = parent->depth ? parent->stack[parent->depth - 1] : NULL;

	memcpy(child->comm, parent->comm, sizeof(child->comm));
	/* A child that runs already is none: only a forged file has that, and it could make a circle. */
	if (model->keep == MODEL_FACTS || !top || child->tgid != parent->tgid || parent->level == THREAD_LEVEL_MAX ||
	    child->depth || child->pending || child->parts)
		return;
	child->level = parent->level + 1;
	child->pending = part_node_new(model, child, now_ns);
	if (!child->pending)
		return;
	node_append(top, child->pending);
	if (model->sink)
		top->flags |= NODE_IS_UNIQUE; /* none of its kind signs it */
}

/* Frames of a VM that was never known go to the first one of their process. */
static void pending_place(struct model *model, struct thread *t)
{
	struct node *node = t->pending;
	struct vm *vm = model->vms[0];

	if (!node->first && !NODE_AS(thread, node)->section) {
		node_unlink(node);
		node_free(node);
		t->pending = NULL;
		return;
	}
	if (node->parent || node->flags & NODE_IS_WRITTEN)
		return;
	for (uint32_t i = 1; i <= model->vm_cnt && !vm->number; i++)
		if (model->vms[i]->tgid == t->tgid)
			vm = model->vms[i];
	node_append(vm->root, node);
}

void thread_end(struct model *model, struct thread *t, uint64_t now_ns)
{
	struct thread **at = &model->threads->buckets[t->tid % BUCKET_CNT];

	model_early_until(model, t, UINT64_MAX);
	thread_unwind(model, t, 0, now_ns);
	account_close(model, t, now_ns, false);
	if (t->answered)
		NODE_AS(exit, t->answered)->awaited_by = NULL;
	if (t->pending)
		pending_place(model, t);
	if (t->pending && model->sink)
		model->sink->thread_done(model->sink->owner, model, t->pending);
	for (struct thread_part *part = t->parts; part && model->sink; part = part->next)
		model->sink->thread_done(model->sink->owner, model, part->node);
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	model->threads->cnt--;
	if (model->thread_last == t)
		model->thread_last = NULL;
	thread_free(t);
}
