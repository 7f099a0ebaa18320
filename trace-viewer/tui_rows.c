/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Walks the trees without recursion in the caller: rows, searches and visits are one walk. */
#include "trace-viewer/tui_rows.h"

#include <stdlib.h>

#include "trace-viewer/output.h"

#define DEPTH_MAX 1024 /* deeper ones than any stack that was traced are not shown */

/* --- what is below a node ---------------------------------------------------- */

/*
 * The lists below a node: a VM shows what its first thread did as its own, then the other threads; a
 * group its first and its slowest time round. In a mix each node is one line that stands for many.
 */
static void below(const struct node *node, struct node *lists[2])
{
	lists[0] = node->first;
	lists[1] = NULL;
	if (node->parent && node->parent->kind == NODE_MIX)
		lists[0] = NULL;
	else if (node->kind == NODE_GROUP)
		lists[1] = NODE_AS_CONST(group, node)->slowest;
	else if (node->kind == NODE_ROOT && node->first) {
		lists[0] = node->first->first;
		lists[1] = node->first->next;
	}
}

bool tui_node_has_below(const struct node *node)
{
	struct node *lists[2];

	below(node, lists);
	return lists[0] || lists[1];
}

bool tui_node_is_open(const struct node *node)
{
	bool is_turned = node->flags & NODE_IS_TURNED;

	return (node->kind != NODE_GROUP) != is_turned;
}

void tui_node_set_open(struct node *node, bool is_open)
{
	if (tui_node_is_open(node) != is_open)
		node->flags ^= NODE_IS_TURNED;
}

/* --- the walk ------------------------------------------------------------------ */

struct walk;
/* What a walk does at a node; false ends the walk. */
typedef bool step_fn(struct walk *w, struct node *node, const struct tui_row *row);

struct walk {
	step_fn *step;
	void *arg;
	bool is_open_only; /* what is folded up is left out */
	struct node *path[DEPTH_MAX]; /* from the VM to the node */
	uint32_t row[DEPTH_MAX];      /* the rows of these */
	struct tui_rows *rows;
};

static bool walk_node(struct walk *w, struct node *node, unsigned int depth, struct tui_row row)
{
	struct node *lists[2];

	if (depth == DEPTH_MAX)
		return true;
	w->path[depth] = node;
	row.node = node;
	row.depth = (uint16_t)depth;
	row.parent = depth ? w->row[depth - 1] : 0;
	if (!w->step(w, node, &row))
		return false;
	if (w->is_open_only && !tui_node_is_open(node))
		return true;
	below(node, lists);
	for (unsigned int i = 0; i < 2; i++) {
		for (struct node *child = lists[i], *next; child; child = next) {
			struct tui_row line = { .is_slowest = i && child == lists[1] &&
							      node->kind == NODE_GROUP };

			next = child->next;
			line.is_last = !next && (i || !lists[1]);
			if (!walk_node(w, child, depth + 1, line))
				return false;
		}
	}
	return true;
}

static bool walk_all(struct walk *w, const struct model *model)
{
	for (uint32_t i = 1; i <= model->vm_cnt + 1; i++) {
		const struct vm *vm = model->vms[i <= model->vm_cnt ? i : 0];

		if (vm->root->first && !walk_node(w, vm->root, 0, (struct tui_row){ .is_last = true }))
			return false;
	}
	return true;
}

/* --- rows ---------------------------------------------------------------------- */

static bool row_add(struct walk *w, struct node *node, const struct tui_row *row)
{
	struct tui_rows *rows = w->rows;

	(void)node;
	if (rows->cnt == rows->capacity) {
		size_t capacity = rows->capacity ? 2 * rows->capacity : 1024;
		struct tui_row *more = reallocarray(rows->rows, capacity, sizeof(*more));

		if (!more)
			return false;
		rows->rows = more;
		rows->capacity = capacity;
	}
	w->row[row->depth] = (uint32_t)rows->cnt;
	rows->rows[rows->cnt] = *row;
	if (!row->depth)
		rows->rows[rows->cnt].parent = (uint32_t)rows->cnt;
	rows->cnt++;
	return true;
}

bool tui_rows_fill(struct tui_rows *rows, const struct model *model)
{
	struct walk w = { .step = row_add, .is_open_only = true, .rows = rows };

	rows->cnt = 0;
	return walk_all(&w, model);
}

void tui_rows_release(struct tui_rows *rows)
{
	free(rows->rows);
	*rows = (struct tui_rows){ 0 };
}

size_t tui_rows_find(const struct tui_rows *rows, const struct node *node)
{
	for (size_t i = 0; i < rows->cnt; i++)
		if (rows->rows[i].node == node)
			return i;
	return rows->cnt;
}

void tui_row_prefix(const struct tui_rows *rows, size_t index, struct text *prefix, bool ascii)
{
	const struct tui_row *row = &rows->rows[index];
	unsigned int depth = row->depth;
	bool is_last[DEPTH_MAX];

	text_clear(prefix);
	if (!depth)
		return;
	for (unsigned int i = depth; i; i--) {
		is_last[i] = row->is_last;
		row = &rows->rows[row->parent];
	}
	for (unsigned int i = 1; i < depth; i++)
		text_add(prefix, "%s", is_last[i] ? "   " : glyph(ascii, GLYPH_BAR));
	text_add(prefix, "%s", glyph(ascii, is_last[depth] ? GLYPH_LAST : GLYPH_TEE));
}

/* --- all nodes ------------------------------------------------------------------- */

struct visit {
	void (*fn)(struct node *node, void *arg);
	void *arg;
};

static bool visit_step(struct walk *w, struct node *node, const struct tui_row *row)
{
	const struct visit *visit = w->arg;

	(void)row;
	visit->fn(node, visit->arg);
	return true;
}

void tui_each(const struct model *model, void (*fn)(struct node *node, void *arg), void *arg)
{
	struct visit visit = { fn, arg };
	struct walk w = { .step = visit_step, .arg = &visit };

	walk_all(&w, model);
}

static bool set_open_step(struct walk *w, struct node *node, const struct tui_row *row)
{
	(void)row;
	tui_node_set_open(node, *(const bool *)w->arg);
	return true;
}

void tui_node_set_open_below(struct node *node, bool is_open)
{
	struct walk w = { .step = set_open_step, .arg = &is_open };

	walk_node(&w, node, 0, (struct tui_row){ 0 });
}

/* --- searching -------------------------------------------------------------------- */

struct find {
	tui_match_fn *match;
	const void *arg;
	const struct node *from;
	bool is_back, is_behind; /* the walk has come past `from` */
	struct node *best;
};

/* Forwards: the first match behind `from`, else the first of all. Backwards: the mirror of it. */
static bool find_step(struct walk *w, struct node *node, const struct tui_row *row)
{
	struct find *find = w->arg;

	(void)row;
	if (node == find->from) {
		find->is_behind = true;
		if (find->is_back)
			return !find->best;
		return true;
	}
	if (!find->match(node, find->arg))
		return true;
	if (find->is_back) {
		find->best = node;
		return true;
	}
	if (find->is_behind) {
		find->best = node;
		return false;
	}
	if (!find->best)
		find->best = node;
	return true;
}

/* Opens all that the node is in. */
static bool reveal_step(struct walk *w, struct node *node, const struct tui_row *row)
{
	if (node != w->arg)
		return true;
	for (unsigned int i = 0; i < row->depth; i++)
		tui_node_set_open(w->path[i], true);
	return false;
}

struct node *tui_find(const struct model *model, const struct node *from, bool is_back,
		      tui_match_fn *match, const void *arg)
{
	struct find find = { .match = match, .arg = arg, .from = from, .is_back = is_back };
	struct walk w = { .step = find_step, .arg = &find };
	struct walk reveal = { .step = reveal_step };

	walk_all(&w, model);
	if (!find.best)
		return NULL;
	reveal.arg = find.best;
	walk_all(&reveal, model);
	return find.best;
}
