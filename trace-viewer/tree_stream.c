/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From closed frames to lines in sections. */
#include "trace-viewer/tree_stream.h"

#include <errno.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/infer.h"
#include "trace-viewer/model_exit.h"
#include "trace-viewer/model_part.h"
#include "trace-viewer/model_thread.h"
#include "trace-viewer/tree_section.h"
#include "trace-viewer/tree_text.h"

#define WEIGHT_MIN   128
#define CHILDREN_MAX 1024 /* children that may wait for a value that is to come */

static bool is_unwanted(const struct tree_stream *s, const struct node *node)
{
	return s->vcpu >= 0 && node->vcpu != NODE_VCPU_NONE && node->vcpu != NODE_VCPU_MIXED &&
	       node->vcpu != s->vcpu;
}

/* A thread node inside a frame that goes: it lives on, and has its line here if it is to be seen. */
static void thread_take(struct tree_stream *s, struct section *section, struct node *thread,
			uint32_t level, bool is_last)
{
	node_unlink(thread);
	if (!section_has_content(thread))
		return; /* if something comes, it will be a tree of its own */
	if (section && !is_unwanted(s, thread))
		line_thread(s, section, thread, level, is_last);
	if (section_get(s, thread))
		NODE_AS(thread, thread)->section->is_nested = true;
	thread->flags |= NODE_IS_WRITTEN;
}

/* --- frames ---------------------------------------------------------------------------- */

/* A frame that has children but no line: a filter wants its layer or source left out. */
static bool is_seen_through(const struct model *model, const struct node *node)
{
	return model->filter && !filter_has_line_of(model->filter, node);
}

/* The frame or thread node around a node in its tree; NULL: it is, or will be, a root of its thread. */
static struct node *parent_of(const struct node *node)
{
	struct node *parent = node->parent;

	if (!parent || parent->kind == NODE_THREAD)
		return parent;
	return node->vm && parent->vm && node->vm != parent->vm ? NULL : parent;
}

/* The frames around a node in its section. */
static uint32_t level_of(const struct model *model, const struct node *node)
{
	uint32_t level = 0;

	while ((node = parent_of(node)) && node->kind != NODE_THREAD)
		level += !is_seen_through(model, node);
	return level;
}

static struct section *section_of(struct tree_stream *s, struct model *model, struct thread *t,
				  struct node *node)
{
	struct node *parent;

	while (node->kind != NODE_THREAD && (parent = parent_of(node)))
		node = parent;
	if (node->kind != NODE_THREAD)
		node = thread_part_of(model, t, node);
	return node ? section_get(s, node) : NULL;
}

static bool is_blank(const struct tree_stream *s, const struct node *node)
{
	return is_unwanted(s, node) || (node->kind == NODE_THREAD && !section_has_content(node));
}

static bool has_next(const struct tree_stream *s, const struct node *node)
{
	do
		node = node->next;
	while (node && is_blank(s, node));
	return node != NULL;
}

/* Writes a closed node and what is below it; thread nodes leave it, they live on. */
static void frame_write(struct tree_stream *s, struct section *section, struct node *node,
			uint32_t level, bool is_last)
{
	struct node *next;

	if (node->flags & NODE_IS_WRITTEN)
		line_complete(s, section, node, level, is_last);
	else
		line_write(s, section, node, level, is_last);
	for (struct node *child = node->first; child; child = next) {
		bool is_child_last = !has_next(s, child);

		next = child->next;
		if (child->kind == NODE_THREAD)
			thread_take(s, section, child, level + 1, is_child_last);
		else if (!is_unwanted(s, child))
			frame_write(s, section, child, level + 1, is_child_last);
	}
}

static bool is_in_run(const struct node *node)
{
	while ((node = node->parent))
		if (node->kind == NODE_IOCTL && NODE_AS_CONST(ioctl, node)->cmd == KVM_RUN)
			return true;
	return false;
}

/* Thread nodes below what goes without being written. */
static void threads_detach(struct tree_stream *s, struct node *node)
{
	struct node *next;

	for (struct node *child = node->first; child; child = next) {
		next = child->next;
		if (child->kind == NODE_THREAD)
			thread_take(s, NULL, child, 0, false);
		else if (child->flags & NODE_IS_UNIQUE)
			threads_detach(s, child);
	}
}

/* Writes a closed child of a frame whose line is written, and frees it. */
static void child_take(struct tree_stream *s, struct model *model, struct section *section,
		       struct node *child, bool is_last)
{
	uint32_t level = level_of(model, child);

	if (child->kind == NODE_THREAD) {
		thread_take(s, section, child, level, is_last);
		return;
	}
	if (!is_unwanted(s, child)) {
		if (s->infer && !(child->flags & NODE_IS_WRITTEN) && !is_in_run(child))
			infer_frame(s->infer, child);
		frame_write(s, section, child, level, is_last);
	}
	node_unlink(child);
	threads_detach(s, child);
	node_free(child);
}

/* Is the exit below node whose value may still be to come? */
static bool is_awaiting(const struct thread *t, const struct node *node)
{
	const struct node *at = t->answered;

	while (at && at != node)
		at = at->parent;
	return at != NULL;
}

/* The children of a closed frame or thread; one that waits for a value is taken with the frame. */
static void children_take(struct tree_stream *s, struct model *model, struct thread *t,
			  struct section *section, struct node *parent)
{
	while (parent->first && !(t && is_awaiting(t, parent->first)))
		child_take(s, model, section, parent->first, !has_next(s, parent->first));
}

/*
 * Takes all children before `last`, which is there to stay, so that none of them is the last. False:
 * one of them is to wait, and with it those behind it.
 */
static bool children_before_take(struct tree_stream *s, struct model *model, struct thread *t,
				 struct section *section, struct node *parent, struct node *last)
{
	while (parent->first != last) {
		struct node *child = parent->first;

		if (child->flags & NODE_IS_OPEN)
			return false; /* the guest runs, and something came meanwhile */
		if (is_awaiting(t, child) && parent->child_cnt < CHILDREN_MAX)
			return false;
		child_take(s, model, section, child, false);
	}
	return true;
}

/* May an open frame go elsewhere yet? Those around a VM entry or exit do (model_exit.h). */
static bool is_unsettled(const struct node *node)
{
	return (node->parent && node->parent->kind == NODE_EXIT) || model_serves_exit(node);
}

/* Writes the lines of an open frame and of those around it. False: it has none for now. */
static bool open_write(struct tree_stream *s, struct model *model, struct thread *t,
		       struct node *node)
{
	struct node *parent = parent_of(node), *before = node;
	struct section *section;

	if (node->flags & NODE_IS_WRITTEN)
		return true;
	if (is_unwanted(s, node) || is_unsettled(node) || (parent && !open_write(s, model, t, parent)))
		return false;
	if (!parent) {
		parent = thread_part_of(model, t, node);
		before = NULL; /* it is not among them yet */
	}
	section = parent ? section_of(s, model, t, parent) : NULL;
	if (!section || !children_before_take(s, model, t, section, parent, before))
		return false;
	node->flags |= NODE_IS_WRITTEN;
	node->line = spool_stream_end(&section->lines);
	if (!is_seen_through(model, node))
		line_write(s, section, node, level_of(model, node), false);
	return true;
}

static void on_settled(void *owner, struct model *model, struct thread *t, struct node *node)
{
	struct tree_stream *s = owner;
	struct node *parent = node->parent;
	struct section *section = NULL;

	if (!s->infer)
		s->infer = infer_new(model);
	if (node->flags & NODE_IS_WRITTEN) {
		section = section_of(s, model, t, node);
		if (section)
			children_take(s, model, t, section, node);
	}
	if (node_live_cnt() <= s->live_max && !(parent->flags & NODE_IS_WRITTEN))
		return;
	if (parent->kind != NODE_THREAD && !(parent->flags & NODE_IS_WRITTEN) &&
	    (parent->weight < s->weight_min || !(parent->flags & NODE_IS_OPEN) ||
	     !open_write(s, model, t, parent)))
		return;
	section = section_of(s, model, t, parent);
	if (section)
		children_before_take(s, model, t, section, parent, node);
}

static void on_thread_done(void *owner, struct model *model, struct node *thread)
{
	struct tree_stream *s = owner;
	struct section *section = section_has_content(thread) ? section_get(s, thread) : NULL;

	if (section)
		children_take(s, model, NULL, section, thread);
}

/* --- life ------------------------------------------------------------------------------ */

struct tree_stream *tree_stream_new(const struct tree_options *options, bool is_ascii,
				    size_t live_max)
{
	struct tree_stream *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->sink = (struct model_sink){ s, on_settled, on_thread_done };
	spool_init(&s->spool);
	s->is_ascii = is_ascii;
	s->vcpu = options->vcpu;
	s->depth = options->depth;
	s->live_max = live_max;
	s->weight_min = live_max < WEIGHT_MIN ? (uint32_t)live_max : WEIGHT_MIN;
	if (!sections_init(s)) {
		tree_stream_free(s);
		return NULL;
	}
	return s;
}

void tree_stream_free(struct tree_stream *s)
{
	if (!s)
		return;
	sections_release(s);
	infer_free(s->infer);
	spool_release(&s->spool);
	free(s);
}

const struct model_sink *tree_stream_sink(struct tree_stream *s)
{
	return &s->sink;
}
