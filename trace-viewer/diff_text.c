/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a row of two merged flows says: its call, how often it came, and what differs. */
#include "trace-viewer/diff_text.h"

#include <string.h>

#include "trace-viewer/output.h"

/* Times that a frame comes in each round of the loop that it is in, on average. */
static double count_of(const struct flow *flow)
{
	for (const struct flow *loop = flow->parent; loop; loop = loop->parent)
		if (loop->kind == FLOW_LOOP && loop->count)
			return (double)flow->count / (double)loop->count;
	return (double)flow->count;
}

static void add_count(struct text *t, const struct flow *flow, bool ascii)
{
	double count = count_of(flow);

	if (count < 1e15 && count == (double)(uint64_t)count)
		text_add_count(t, (uint64_t)count);
	else
		text_add(t, "%.1f", count);
	text_add(t, " %s", glyph(ascii, GLYPH_TIMES));
}

static void add_loop(struct text *t, const struct diff_row *row, bool ascii)
{
	if (!row->a || !row->b || count_of(row->a) == count_of(row->b)) {
		add_count(t, diff_row_flow(row), ascii);
		return;
	}
	add_count(t, row->a, ascii);
	text_add(t, " in A, ");
	add_count(t, row->b, ascii);
	text_add(t, " in B");
}

void diff_add_call(struct text *t, const struct diff_row *row, bool ascii)
{
	const struct flow *flow = diff_row_flow(row);

	if (flow->kind == FLOW_LOOP || flow->kind == FLOW_MIX)
		add_loop(t, row, ascii);
	if (flow->kind == FLOW_LOOP)
		return;
	if (flow->kind == FLOW_MIX)
		text_add(t, " ");
	if (flow->change == FLOW_RENAMED)
		text_add(t, "%s %s ", row->a->name, ascii ? "->" : "→");
	text_add(t, "%s", flow->change == FLOW_RENAMED && flow->kind == FLOW_EXIT ?
			  flow->name + strlen("exit ") : flow->name);
	if (flow->detail && *flow->detail)
		text_add(t, " %s", flow->detail);
}

static const char *parent_name(const struct flow *flow)
{
	const struct flow *parent = flow->parent;

	while (parent->kind == FLOW_LOOP || parent->kind == FLOW_MIX)
		parent = parent->parent;
	return parent->name ? parent->name : "nothing";
}

static const char *outcome_name(const struct flow *flow)
{
	return *flow->outcome ? flow->outcome : "success";
}

void diff_add_remark(struct text *t, const struct diff_row *row, bool ascii)
{
	const struct flow *flow = diff_row_flow(row);

	switch (flow->change) {
	case FLOW_SAME:
		return;
	case FLOW_MOVED:
		if (flow->parent->change == FLOW_MOVED)
			return; /* it came along */
		if (flow->parent->twin == flow->twin->parent) {
			text_add(t, "moved: another order");
			return;
		}
		text_add(t, row->b ? "moved: in A it is below %s" : "moved: in B it is below %s",
			 parent_name(flow->twin));
		return;
	case FLOW_CHANGED:
		text_add(t, "%s %s %s", outcome_name(row->a), ascii ? "->" : "→", outcome_name(row->b));
		return;
	case FLOW_RENAMED:
	case FLOW_ONLY_HERE:
		text_add(t, "%s", flow->meaning);
		return;
	}
}
