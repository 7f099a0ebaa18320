/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Open frames of threads, and the thread parts that closed ones go to. */
#include "trace-viewer/model_thread.h"

#include <stdlib.h>
#include <string.h>

#include "trace-viewer/fold.h"

#define BUCKET_CNT	 1024u
#define LIVE_NODES_MAX	 60000u /* beyond, closed frames lose what is below them */
#define THREAD_NODES_MAX 8192u

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

struct thread *thread_get(struct model *model, uint32_t tid, uint32_t tgid)
{
	struct thread **bucket = &model->threads->buckets[tid % BUCKET_CNT], *t;

	for (t = *bucket; t; t = t->next)
		if (t->tid == tid)
			return t;
	if (model->threads->cnt == MODEL_THREADS_MAX)
		return NULL;
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->tid = tid;
	t->tgid = tgid;
	t->vcpu_id = NODE_VCPU_NONE;
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

/* --- which VM a frame belongs to -------------------------------------------- */

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

static struct node *thread_node_new(struct model *model, const struct thread *t, uint64_t now_ns)
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
			t->pending = thread_node_new(model, t, now_ns);
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
		node = thread_node_new(model, t, now_ns);
	}
	if (!node) {
		free(part);
		return NULL;
	}
	node_set_vm(node, vm);
	if (!node->parent)
		node_append(vm->root, node);
	part->vm = vm;
	part->node = node;
	part->next = t->parts;
	t->parts = part;
	return node;
}

static void close_into(struct model *model, struct node *parent, struct node *node)
{
	if (node->end_ns > parent->end_ns)
		parent->end_ns = node->end_ns;
	node_append(parent, node);
	if (model->has_folds)
		fold_last(parent);
}

static bool is_below(const struct node *node, const struct node *top)
{
	while (node && node != top)
		node = node->parent;
	return node != NULL;
}

/* Before a frame goes: what other threads have below it, and go on with, moves out of it. */
static void threads_save(struct model *model, const struct node *top)
{
	if (!(top->flags & NODE_IS_UNIQUE))
		return; /* no thread was created in it */
	for (size_t i = 0; i < BUCKET_CNT; i++) {
		for (struct thread *t = model->threads->buckets[i]; t; t = t->next) {
			if (t->pending && is_below(t->pending, top)) {
				node_unlink(t->pending);
				node_append(model->vms[0]->root, t->pending);
			}
			for (struct thread_part *part = t->parts; part; part = part->next) {
				if (!is_below(part->node, top))
					continue;
				node_unlink(part->node);
				node_append(part->vm->root, part->node);
			}
		}
	}
}

static void root_close(struct model *model, struct thread *t, struct node *node)
{
	struct node *part = part_get(model, t, node->vm, node->start_ns);

	if (!part) {
		threads_save(model, node);
		model->unplaced_cnt++;
		model->unplaced_exit_cnt += node_exit_cnt(node);
		node_free(node);
		return;
	}
	if (node->vcpu != NODE_VCPU_NONE)
		node_set_vcpu(part, node->vcpu);
	close_into(model, part, node);
}

/* --- frames ---------------------------------------------------------------- */

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

/* The node is at its end: sign it, give it to whom it belongs, fold. */
static void node_close(struct model *model, struct thread *t, struct node *node)
{
	struct node *parent = node->parent;

	node->flags &= (uint8_t)~NODE_IS_OPEN;
	if (model->has_folds && node_live_cnt() > LIVE_NODES_MAX)
		prune(node);
	if (model->has_folds)
		fold_done(node);
	node_sign(node);
	if (parent && node->vm && parent->vm && node->vm != parent->vm) {
		node_unlink(node);
		parent = NULL;
	}
	if (!parent)
		root_close(model, t, node);
	else if (model->has_folds)
		fold_last(parent);
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
	node_close(model, t, node);
}

void thread_span_begin(struct model *model, struct thread *t, struct node *node, struct node *parent)
{
	(void)model;
	node->flags |= NODE_IS_OPEN;
	node->vm = parent->vm;
	node->vcpu = parent->vcpu;
	node_append(parent, node);
	t->span = node;
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
	if (!top || child->tgid != parent->tgid || parent->level == THREAD_LEVEL_MAX ||
	    child->depth || child->pending || child->parts)
		return;
	child->level = parent->level + 1;
	child->pending = thread_node_new(model, child, now_ns);
	if (child->pending)
		node_append(top, child->pending);
}

void thread_end(struct model *model, struct thread *t, uint64_t now_ns)
{
	struct thread **at = &model->threads->buckets[t->tid % BUCKET_CNT];
	struct node *node = t->pending;

	thread_unwind(model, t, 0, now_ns);
	account_close(model, t, now_ns, false);
	if (t->answered)
		NODE_AS(exit, t->answered)->awaited_by = NULL;
	node = t->pending;
	if (node && !node->parent) {
		struct vm *vm = model->vms[0];

		for (uint32_t i = 1; i <= model->vm_cnt; i++)
			if (model->vms[i]->tgid == t->tgid) {
				vm = model->vms[i];
				break;
			}
		node_append(vm->root, node);
	} else if (node && !node->first) {
		node_unlink(node);
		node_free(node);
	}
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	model->threads->cnt--;
	thread_free(t);
}

/* --- what an exit costs ------------------------------------------------------ */

static struct mix_row *mix_row_get(struct model *model, struct vcpu *vcpu, uint32_t isa,
				   uint32_t reason)
{
	struct mix_row *row;

	for (row = vcpu->rows; row; row = row->next)
		if (row->isa == isa && row->reason == reason)
			return row;
	if (isa && model->mix_row_cnt >= MODEL_MIX_ROWS_MAX)
		return mix_row_get(model, vcpu, 0, 0);
	row = calloc(1, sizeof(*row));
	if (!row)
		return NULL;
	model->mix_row_cnt++;
	row->isa = isa;
	row->reason = reason;
	row->next = vcpu->rows;
	vcpu->rows = row;
	return row;
}

void account_exit(struct thread *t, struct vcpu *vcpu, uint32_t isa, uint32_t reason, uint64_t now_ns)
{
	t->account = (struct exit_account){
		.is_open = true, .isa = isa, .reason = reason, .mark_ns = now_ns, .vcpu = vcpu,
	};
}

void account_switch(struct thread *t, bool to_user, uint64_t now_ns)
{
	struct exit_account *a = &t->account;
	uint64_t ns = now_ns > a->mark_ns ? now_ns - a->mark_ns : 0;

	if (!a->is_open || a->is_in_user == to_user)
		return;
	if (a->is_in_user)
		a->user_ns += ns;
	else
		a->kernel_ns += ns;
	a->is_in_user = to_user;
	a->was_in_user = a->was_in_user || to_user;
	a->mark_ns = now_ns;
}

void account_close(struct model *model, struct thread *t, uint64_t now_ns, bool has_entry)
{
	struct exit_account *a = &t->account;
	struct mix_row *row;

	if (!a->is_open)
		return;
	if (has_entry && !a->is_in_user)
		a->kernel_ns += now_ns > a->mark_ns ? now_ns - a->mark_ns : 0;
	a->is_open = false;
	row = mix_row_get(model, a->vcpu, a->isa, a->reason);
	if (!row)
		return;
	row->user_cnt += a->was_in_user;
	row->kernel_ns += a->kernel_ns;
	row->user_ns += a->user_ns;
	if (has_entry)
		hist_add(&row->costs, a->kernel_ns + a->user_ns);
	else
		row->open_cnt++;
}
