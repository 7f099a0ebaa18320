/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Repeating sequences among siblings become one node; nothing is lost from the sums. */
#include "trace-viewer/fold.h"

#include "trace-viewer/fold_absorb.h"

/* --- groups --------------------------------------------------------------- */

static bool may_fold(const struct node *node)
{
	return !(node->flags & (NODE_IS_OPEN | NODE_IS_UNIQUE));
}

/* Takes the `period` siblings that end at `end` out of their list, as a list of their own. */
static struct node *iteration_cut(struct node *end, uint32_t period, uint64_t *duration_ns)
{
	uint64_t end_ns = end->end_ns;
	struct node *list = NULL;

	while (period--) {
		struct node *before = end->prev;

		node_unlink(end);
		end->next = list;
		list = end;
		end = before;
	}
	*duration_ns = end_ns > list->start_ns ? end_ns - list->start_ns : 0;
	return list;
}

static void list_free(struct node *list)
{
	struct node *next;

	for (; list; list = next) {
		next = list->next;
		list->next = NULL;
		node_free(list);
	}
}

/*
 * Takes note of what was lost in an iteration that goes into the group, or between it and the one before:
 * whole iterations may have been.
 */
static void loss_take(struct node *group, const struct node *list)
{
	if (list->kind == NODE_LOST && !list->next)
		return; /* a group of nothing but losses has them all */
	for (; list; list = list->next) {
		bool is_within = group->flags & NODE_BEFORE_LOSS || list->kind == NODE_LOST;

		group->flags &= (uint16_t)~NODE_BEFORE_LOSS;
		group->flags |= (list->flags & (NODE_SPANS_LOSS | NODE_BEFORE_LOSS)) |
				(is_within ? NODE_SPANS_LOSS : 0);
	}
}

/* The iteration that ends at `end` and comes after `group` goes into it. */
static void group_take(struct node *group, struct node *end)
{
	struct node_group *g = NODE_AS(group, group);
	uint64_t end_ns = end->end_ns, duration_ns;
	struct node *list = iteration_cut(end, g->period, &duration_ns);
	struct node *body = group->first;

	loss_take(group, list);
	for (struct node *n = list; n && body; n = n->next, body = body->next)
		node_absorb(body, n);
	g->iteration_cnt++;
	hist_add(&g->times, duration_ns);
	group->end_ns = end_ns;
	if (duration_ns > g->slowest_ns) {
		list_free(g->slowest);
		g->slowest = list;
		g->slowest_ns = duration_ns;
	} else {
		list_free(list);
	}
}

/* Makes a group of the iteration that ends at `end`, in its place. NULL: no memory. */
static struct node *group_new(struct node *end, uint32_t period)
{
	struct node *group = node_new(NODE_GROUP, 0), *parent = end->parent, *list, *next;
	struct node_group *g = NODE_AS(group, group);
	uint64_t end_ns = end->end_ns;

	if (!group)
		return NULL;
	node_insert_after(parent, end, group);
	list = iteration_cut(end, period, &g->slowest_ns);
	group->start_ns = list->start_ns;
	group->end_ns = end_ns;
	group->vm = list->vm;
	group->vcpu = list->vcpu;
	loss_take(group, list);
	for (; list; list = next) {
		next = list->next;
		list->next = NULL;
		node_append(group, list);
	}
	g->period = period;
	g->iteration_cnt = 1;
	hist_add(&g->times, g->slowest_ns);
	node_sign(group);
	return group;
}

/* The group right before the `cnt` siblings that end at `end`, when they go on in its way. */
static struct node *group_before(struct node *end, uint32_t *matched)
{
	struct node *n = end, *body;
	uint32_t cnt = 1;

	while (n->prev && n->prev->kind != NODE_GROUP && cnt <= FOLD_PERIOD_MAX) {
		n = n->prev;
		cnt++;
	}
	*matched = 0;
	if (!n->prev || n->prev->kind != NODE_GROUP)
		return NULL;
	body = n->prev->first;
	for (struct node *m = n; m && body; m = m->next, body = body->next) {
		if (m->sig != body->sig || !may_fold(m))
			break;
		++*matched;
		if (m == end)
			break;
	}
	if (*matched != cnt)
		*matched = 0;
	return n->prev;
}

/* Do the two sequences of `period` siblings say the same, that end at `end` and, so much before, at `before`? */
static bool repeats(const struct node *end, const struct node *before, uint32_t period)
{
	for (; period; period--) {
		if (!before || end->sig != before->sig || !may_fold(end) || !may_fold(before))
			return false;
		end = end->prev;
		before = before->prev;
	}
	return true;
}

/* Takes what ends at `end` into the group before it, or makes a group; NULL: neither. */
static struct node *fold_end(struct node *end)
{
	struct node *group, *before = end;

	for (uint32_t cnt = 1; cnt <= FOLD_PERIOD_MAX && before->prev; cnt++) {
		struct node *body, *n = before;

		before = before->prev;
		if (before->kind != NODE_GROUP || NODE_AS(group, before)->period != cnt)
			continue;
		for (body = before->first; body && n && n->sig == body->sig && may_fold(n);
		     body = body->next)
			n = n == end ? NULL : n->next;
		if (!body && !n) {
			group_take(before, end);
			return before;
		}
	}
	before = end->prev;
	for (uint32_t period = 1; period <= FOLD_PERIOD_MAX && before; period++, before = before->prev) {
		if (!repeats(end, before, period))
			continue;
		group = group_new(before, period);
		if (group)
			group_take(group, end);
		return group;
	}
	return NULL;
}

/* --- lists in which nothing repeats ----------------------------------------- */

#define MIX_KEEP_FIRST 16
#define MIX_KEEP_LAST  40 /* while more may come: sequences must be seen twice to fold */
#define MIX_KEEP_DONE  8

/* The middle of a long list goes into one node; its begin and end stay as they are. */
static void mix_middle(struct node *parent, uint32_t keep_last)
{
	struct node *mix = parent->first, *node, *next;
	uint32_t i, cnt = parent->child_cnt;

	for (i = 0; i < MIX_KEEP_FIRST && mix->kind != NODE_MIX; i++)
		mix = mix->next;
	if (mix->kind != NODE_MIX) {
		node = mix->prev;
		mix = node_new(NODE_MIX, mix->start_ns);
		if (!mix)
			return;
		mix->vm = parent->vm;
		mix->flags |= NODE_IS_UNIQUE;
		node_insert_after(parent, node, mix);
	}
	for (node = mix->next, i += 1; node && i + keep_last < cnt; node = next, i++) {
		next = node->next;
		if (!may_fold(node))
			continue;
		if (node->end_ns > mix->end_ns)
			mix->end_ns = node->end_ns;
		if (node->flags & (NODE_SPANS_LOSS | NODE_BEFORE_LOSS) || node->kind == NODE_LOST)
			mix->flags |= NODE_SPANS_LOSS;
		node_unlink(node);
		NODE_AS(mix, mix)->node_cnt += node->kind == NODE_GROUP ?
			NODE_AS(group, node)->iteration_cnt * NODE_AS(group, node)->period :
			node->instance_cnt;
		mix_take(mix, node);
	}
}

void fold_last(struct node *parent)
{
	struct node *last = parent->last, *group;
	uint32_t matched;

	if (!last || !may_fold(last))
		return;
	group = group_before(last, &matched);
	/* a group whose way this child does not go on is complete: it may be part of a pattern */
	if (group && !matched)
		fold_end(group);
	fold_end(last);
	if (parent->child_cnt > FOLD_CHILDREN_MAX)
		mix_middle(parent, MIX_KEEP_LAST);
}

/* The commonest first. */
static void mix_sort(struct node *mix)
{
	for (struct node *node = mix->first, *next; node; node = next) {
		struct node *at = node->prev;

		next = node->next;
		while (at && at->instance_cnt < node->instance_cnt)
			at = at->prev;
		if (at == node->prev)
			continue;
		node_unlink(node);
		node_insert_after(mix, at, node);
	}
}

void fold_done(struct node *parent)
{
	struct node *mix = parent->first;

	for (uint32_t i = 0; mix && i <= MIX_KEEP_FIRST && mix->kind != NODE_MIX; i++)
		mix = mix->next;
	if (!mix || mix->kind != NODE_MIX)
		return;
	mix_middle(parent, MIX_KEEP_DONE);
	mix_sort(mix);
}
