/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Threads by their numbers, from their begin to their end. */
#include "trace-viewer/model_thread.h"

#include <stdlib.h>
#include <string.h>

#include "trace-viewer/model_frame.h"
#include "trace-viewer/model_off_cpu.h"
#include "trace-viewer/model_part.h"

#define BUCKET_CNT 1024u

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
