/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What one node is taken into: one that says the same, or a NODE_MIX of all that do not fold. */
#include "trace-viewer/fold_absorb.h"

#include <stdlib.h>

#include "trace-viewer/fold.h"

static void exit_absorb(struct node_exit *into, const struct node_exit *from)
{
	if (!from->has_fault)
		return;
	if (from->fault_lo < into->fault_lo)
		into->fault_lo = from->fault_lo;
	if (from->fault_hi > into->fault_hi)
		into->fault_hi = from->fault_hi;
}

/* Lists of equal signatures are equally long; a collision of them must not crash. */
static void children_absorb(struct node *into, struct node *from)
{
	struct node *a = into->first, *b = from->first;

	for (; a && b; a = a->next, b = b->next)
		node_absorb(a, b);
	for (; b; b = b->next)
		into->pruned_exit_cnt += node_exit_cnt(b);
}

/* `from` keeps its own: it may be of the slowest time round. */
static void off_cpu_absorb(struct node *into, const struct node *from)
{
	if (!from->off_cpu)
		return;
	if (!into->off_cpu)
		into->off_cpu = calloc(1, sizeof(*into->off_cpu));
	if (into->off_cpu)
		off_cpu_merge(into->off_cpu, from->off_cpu);
}

void node_absorb(struct node *into, struct node *from)
{
	struct node *next;

	into->pruned_exit_cnt += from->pruned_exit_cnt;
	into->flags |= from->flags & (NODE_SPANS_LOSS | NODE_IS_PRUNED);
	if (into->kind != from->kind) {
		into->pruned_exit_cnt += node_exit_cnt(from) - from->pruned_exit_cnt;
		return;
	}
	into->instance_cnt += from->instance_cnt;
	off_cpu_absorb(into, from);
	if (into->kind == NODE_MIX) {
		NODE_AS(mix, into)->other_cnt += NODE_AS(mix, from)->other_cnt;
		NODE_AS(mix, into)->other_exit_cnt += NODE_AS(mix, from)->other_exit_cnt;
		NODE_AS(mix, into)->node_cnt += NODE_AS(mix, from)->node_cnt;
		for (struct node *child = from->first; child; child = next) {
			next = child->next;
			node_unlink(child);
			mix_take(into, child);
		}
		return;
	}
	if (into->kind == NODE_EXIT)
		exit_absorb(NODE_AS(exit, into), NODE_AS(exit, from));
	else if (into->kind == NODE_GUEST)
		NODE_AS(guest, into)->folded_interrupt_cnt +=
			NODE_AS(guest, from)->interrupt_cnt +
			NODE_AS(guest, from)->folded_interrupt_cnt;
	else if (into->kind == NODE_LOST)
		NODE_AS(lost, into)->lost_cnt += NODE_AS(lost, from)->lost_cnt;
	else if (into->kind == NODE_GROUP) {
		NODE_AS(group, into)->iteration_cnt += NODE_AS(group, from)->iteration_cnt;
		hist_merge(&NODE_AS(group, into)->times, &NODE_AS(group, from)->times);
	}
	children_absorb(into, from);
}

void mix_take(struct node *mix, struct node *node)
{
	struct node_mix *m = NODE_AS(mix, mix);
	struct node *rarest;

	for (struct node *child = mix->first; child; child = child->next) {
		if (child->sig == node->sig && child->kind == node->kind) {
			node_absorb(child, node);
			node_free(node);
			return;
		}
	}
	if (mix->child_cnt < FOLD_MIX_MAX) {
		node_append(mix, node);
		return;
	}
	/* the rarest gives way, so that in the end the commonest are there */
	for (struct node *child = rarest = mix->first; child; child = child->next)
		if (child->instance_cnt < rarest->instance_cnt)
			rarest = child;
	if (rarest->instance_cnt < node->instance_cnt + (m->turn++ % 4 == 0)) {
		node_insert_after(mix, rarest, node);
		node_unlink(rarest);
		node = rarest;
	}
	m->other_cnt += node->instance_cnt;
	m->other_exit_cnt += node_exit_cnt(node);
	node_free(node);
}
