/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The merged tree: b is the spine, frames of a alone are put in where they were. */
#include "trace-viewer/diff_rows.h"

#include <stdlib.h>

/* Before `before`, or last where that is NULL. */
static struct diff_row *row_insert(struct diff_row *parent, struct diff_row *before, struct flow *a,
				   struct flow *b)
{
	struct diff_row *row = calloc(1, sizeof(*row));

	if (!row)
		return NULL;
	row->a = a;
	row->b = b;
	if (a)
		a->row = row;
	if (b)
		b->row = row;
	row->parent = parent;
	if (!parent)
		return row;
	row->next = before;
	row->prev = before ? before->prev : parent->last;
	*(row->prev ? &row->prev->next : &parent->first) = row;
	*(before ? &before->prev : &parent->last) = row;
	return row;
}

void diff_rows_free(struct diff_row *row)
{
	struct diff_row *next;

	if (!row)
		return;
	for (struct diff_row *child = row->first; child; child = next) {
		next = child->next;
		diff_rows_free(child);
	}
	free(row);
}

/* Does it stand in one row with a frame of the other flow? */
static bool is_shared(const struct flow *flow)
{
	return flow->twin && flow->change != FLOW_MOVED;
}

static bool spine_add(struct diff_row *row)
{
	for (struct flow *child = row->b->first; child; child = child->next) {
		struct diff_row *below = row_insert(row, NULL, is_shared(child) ? child->twin : NULL, child);

		if (!below || !spine_add(below))
			return false;
	}
	return true;
}

static const struct flow *shared_below(const struct flow *flow, const struct flow *root)
{
	for (const struct flow *f = flow_next(flow, root); f; f = flow_next(f, root))
		if (is_shared(f))
			return f;
	return NULL;
}

/* The row of a's frame that `gone` goes below: one whose children all went is one of them. */
static struct diff_row *parent_row(const struct flow *gone)
{
	const struct flow *parent = gone->parent;

	while (!is_shared(parent) && shared_below(parent, parent))
		parent = parent->parent;
	return parent->row;
}

static bool gone_add(struct flow *gone)
{
	struct diff_row *parent = parent_row(gone), *before = NULL;
	const struct flow *next = shared_below(gone, gone);

	/* what is below it, or what follows it in a, is its place; it may stand deeper in b */
	if (!next && parent->a)
		for (const struct flow *f = gone; f != parent->a && !next; f = f->parent)
			for (const struct flow *s = f->next; s && !next; s = s->next)
				next = is_shared(s) ? s : shared_below(s, s);
	if (next)
		for (before = next->row; before && before->parent != parent; before = before->parent)
			;
	/* what went comes before what came in its place */
	for (struct diff_row *prev = before ? before->prev : parent->last;
	     prev && !prev->a && !shared_below(prev->b, prev->b); prev = prev->prev)
		before = prev;
	return row_insert(parent, before, gone, NULL) != NULL;
}

static void rows_close(struct diff_row *row)
{
	const struct flow *flow = diff_row_flow(row);

	row->is_quiet = row->a && row->b && flow->change == FLOW_SAME;
	row->frame_cnt = flow_is_frame(flow);
	for (struct diff_row *child = row->first; child; child = child->next) {
		rows_close(child);
		row->is_quiet = row->is_quiet && child->is_quiet;
		row->frame_cnt += child->frame_cnt;
	}
}

struct diff_row *diff_rows_new(struct flow *a, struct flow *b)
{
	struct diff_row *root = row_insert(NULL, NULL, a, b);
	bool is_done = root && spine_add(root);

	for (struct flow *f = a; is_done && f; f = flow_next(f, a))
		if (!is_shared(f))
			is_done = gone_add(f);
	if (!is_done) {
		diff_rows_free(root);
		return NULL;
	}
	rows_close(root);
	return root;
}
