/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From closed frames to lines in sections. */
#include "trace-viewer/tree_stream.h"

#include <errno.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/infer.h"
#include "trace-viewer/model_exit.h"
#include "trace-viewer/model_thread.h"
#include "trace-viewer/tree_section.h"
#include "trace-viewer/tree_text.h"

#define CALL_ROOM	160 /* for what is not known when a line is written before its frame's end */
#define RESULT_ROOM	24
#define WEIGHT_MIN	128
#define CHILDREN_MAX	1024 /* children that may wait for a value that is to come */
#define BUFFER_SZ	(64u << 10)
#define BUFFER_SMALL_SZ (4u << 10)
#define SECTIONS_LARGE	128 /* so many have a large buffer */

/* --- sections ----------------------------------------------------------------------- */

static struct section *section_get(struct tree_stream *s, struct node *thread)
{
	struct section *section = NODE_AS(thread, thread)->section;

	if (section)
		return section;
	section = calloc(1, sizeof(*section));
	if (section && !spool_stream_init(&section->lines, &s->spool, s->section_cnt < SECTIONS_LARGE ?
					  BUFFER_SZ : BUFFER_SMALL_SZ)) {
		free(section);
		section = NULL;
	}
	if (!section) {
		s->spool.err = -ENOMEM;
		return NULL;
	}
	section->thread = thread;
	section->number = s->section_cnt++;
	*s->sections_end = section;
	s->sections_end = &section->next;
	NODE_AS(thread, thread)->section = section;
	return section;
}

static bool has_content(const struct node *thread)
{
	return thread->first || NODE_AS_CONST(thread, thread)->section;
}

/* The row of the table for a node; 0 when there is no room. */
static uint32_t shared_get(struct tree_stream *s, const struct node *node)
{
	uint64_t key = tree_cells_key(node);
	uint32_t i = 1 + (uint32_t)((key * 0x9e3779b97f4a7c15ull) >> 32) % (SHARED_CELLS_MAX - 1);
	struct shared_cells *row;
	struct tree_cells cells;
	const char *why;

	for (;; i = i % (SHARED_CELLS_MAX - 1) + 1) {
		row = &s->cells[i];
		if (!row->means)
			break;
		if (row->key == key)
			return i;
	}
	tree_cells(&cells, node);
	row->means = s->cells_cnt < SHARED_CELLS_MAX / 2 ? strdup(cells.means) : NULL;
	if (!row->means)
		return 0;
	s->cells_cnt++;
	row->key = key;
	row->where = cells.where;
	row->known = cells.known;
	why = tree_why(node);
	row->why = why ? strdup(why) : NULL;
	row->style = (uint8_t)cells.style;
	row->where_cells = (uint16_t)text_cells(cells.where);
	row->known_cells = (uint16_t)text_cells(cells.known);
	row->means_cells = (uint16_t)text_cells(cells.means);
	return i;
}

/* --- lines --------------------------------------------------------------------------- */

static uint8_t line_flags(const struct node *node, bool is_last)
{
	return (uint8_t)((is_last ? LINE_IS_LAST : 0) | (tree_has_time(node) ? LINE_HAS_TIME : 0) |
			 (tree_is_unsure(node) ? LINE_IS_UNSURE : 0) |
			 (node->kind == NODE_LOST ? LINE_IS_LOST : 0) |
			 (node->flags & NODE_END_UNSEEN ? LINE_END_UNSEEN : 0) |
			 (node->flags & NODE_BEGIN_UNSEEN ? LINE_BEGIN_UNSEEN : 0));
}

/* Times up to a day or so take no more than the column has anyway. */
static size_t time_cells(const struct line *line, bool ascii)
{
	struct text time;

	if (line->time_ns < 100000000000000 && !(line->flags & LINE_IS_UNSURE))
		return LAYOUT_TIME_MIN;
	text_clear(&time);
	tree_add_time(&time, line->time_ns, line->flags & LINE_IS_UNSURE, ascii);
	return text_cells(time.at);
}

static void line_measure(struct tree_stream *s, struct section *section, const struct line *line)
{
	const struct shared_cells *shared = &s->cells[line->cells];
	struct row_cells cells = {
		.call = line->level * 3u + line->call_cells, .where = shared->where_cells,
		.known = shared->known_cells, .result = line->result_sz, .means = shared->means_cells,
		.is_stretching = line->flags & LINE_IS_LOST,
	};

	if (s->depth && line->level >= s->depth)
		return;
	if (line->flags & LINE_HAS_TIME)
		cells.time = time_cells(line, s->is_ascii);
	if (line->flags & LINE_END_UNSEEN)
		cells.call += text_cells(tree_unseen(NODE_END_UNSEEN));
	else if (line->flags & LINE_BEGIN_UNSEEN)
		cells.call += text_cells(tree_unseen(NODE_BEGIN_UNSEEN));
	layout_measure_cells(&section->widths, &cells);
}

/* Writes a line of an open frame with room for what its end will tell; of a closed one, whole. */
static void line_write(struct tree_stream *s, struct section *section, const struct node *node,
		       uint32_t level, bool is_last)
{
	struct line line = { .level = (uint16_t)level, .cells = shared_get(s, node) };
	static const char blank[CALL_ROOM + RESULT_ROOM];
	struct text call, result;

	if (node->flags & NODE_IS_OPEN) {
		line.call_room = CALL_ROOM;
		line.result_room = RESULT_ROOM;
		spool_append(&section->lines, &line, sizeof(line));
		spool_append(&section->lines, blank, CALL_ROOM + RESULT_ROOM);
		return;
	}
	text_clear(&call);
	text_clear(&result);
	tree_add_call(&call, node, s->is_ascii);
	tree_add_result(&result, node, s->is_ascii);
	line.call_room = line.call_sz = (uint16_t)call.sz;
	line.call_cells = (uint16_t)text_cells(call.at);
	line.result_room = line.result_sz = (uint8_t)(result.sz < 255 ? result.sz : 255);
	line.time_ns = tree_time_ns(node);
	line.flags = line_flags(node, is_last);
	line_measure(s, section, &line);
	spool_append(&section->lines, &line, sizeof(line));
	spool_append(&section->lines, call.at, line.call_room);
	spool_append(&section->lines, result.at, line.result_room);
}

/* Cuts t to so many bytes, and not in the middle of a character. */
static void cut(struct text *t, size_t sz)
{
	for (size_t cells = text_cells(t->at); t->sz > sz; cells--)
		text_fit(t, cells, true);
}

/* The line of a frame that has closed since it was written. */
static void line_complete(struct tree_stream *s, struct section *section, const struct node *node,
			  uint32_t level, bool is_last)
{
	struct line line = { .level = (uint16_t)level, .cells = shared_get(s, node),
			     .call_room = CALL_ROOM, .result_room = RESULT_ROOM };
	struct text call, result;

	text_clear(&call);
	text_clear(&result);
	tree_add_call(&call, node, s->is_ascii);
	tree_add_result(&result, node, s->is_ascii);
	cut(&call, CALL_ROOM);
	cut(&result, RESULT_ROOM);
	line.call_sz = (uint16_t)call.sz;
	line.call_cells = (uint16_t)text_cells(call.at);
	line.result_sz = (uint8_t)result.sz;
	line.time_ns = tree_time_ns(node);
	line.flags = line_flags(node, is_last);
	line_measure(s, section, &line);
	spool_patch(&section->lines, node->line, &line, sizeof(line));
	spool_patch(&section->lines, node->line + sizeof(line), call.at, call.sz);
	spool_patch(&section->lines, node->line + sizeof(line) + CALL_ROOM, result.at, result.sz);
}

static bool is_unwanted(const struct tree_stream *s, const struct node *node)
{
	return s->vcpu >= 0 && node->vcpu != NODE_VCPU_NONE && node->vcpu != NODE_VCPU_MIXED &&
	       node->vcpu != s->vcpu;
}

static void line_thread(struct tree_stream *s, struct section *section, struct node *thread,
			uint32_t level, bool is_last)
{
	struct section *nested = section_get(s, thread);
	struct line line = { .level = (uint16_t)level, .cells = nested ? nested->number : 0,
			     .flags = (uint8_t)(LINE_IS_THREAD | (is_last ? LINE_IS_LAST : 0)) };

	if (!nested)
		return;
	section->has_nested = true;
	spool_append(&section->lines, &line, sizeof(line));
}

/* A thread node inside a frame that goes: it lives on, and has its line here if it is to be seen. */
static void thread_take(struct tree_stream *s, struct section *section, struct node *thread,
			uint32_t level, bool is_last)
{
	node_unlink(thread);
	if (!has_content(thread))
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
	return is_unwanted(s, node) || (node->kind == NODE_THREAD && !has_content(node));
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
	struct section *section = has_content(thread) ? section_get(s, thread) : NULL;

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
	s->sections_end = &s->sections;
	s->is_ascii = is_ascii;
	s->vcpu = options->vcpu;
	s->depth = options->depth;
	s->live_max = live_max;
	s->weight_min = live_max < WEIGHT_MIN ? (uint32_t)live_max : WEIGHT_MIN;
	s->cells = calloc(SHARED_CELLS_MAX, sizeof(*s->cells));
	if (!s->cells) {
		tree_stream_free(s);
		return NULL;
	}
	s->cells[0].where = s->cells[0].known = "";
	return s;
}

void tree_stream_free(struct tree_stream *s)
{
	struct section *next;

	if (!s)
		return;
	for (struct section *section = s->sections; section; section = next) {
		next = section->next;
		if (section->is_nested) { /* no tree has it */
			section->thread->parent = NULL;
			node_free(section->thread);
		}
		spool_stream_release(&section->lines);
		free(section);
	}
	for (uint32_t i = 0; s->cells && i < SHARED_CELLS_MAX; i++) {
		free(s->cells[i].means);
		free(s->cells[i].why);
	}
	free(s->cells);
	infer_free(s->infer);
	spool_release(&s->spool);
	free(s);
}

const struct model_sink *tree_stream_sink(struct tree_stream *s)
{
	return &s->sink;
}
