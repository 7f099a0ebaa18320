/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Repetitions among the children of a flow become loops. */
#include "trace-viewer/diff_loops.h"

#include "trace-viewer/diff_label.h"

#define PERIOD_MAX 8 /* frames that a loop may have */

/* Do `period` frames before `later` say what `period` frames from `later` on say? */
static bool is_repeated(const struct flow *later, unsigned int period)
{
	const struct flow *earlier = later;

	for (unsigned int i = 0; i < period; i++)
		earlier = earlier ? earlier->prev : NULL;
	for (; period && earlier && later; period--, earlier = earlier->next, later = later->next)
		if (earlier->tree_label != later->tree_label)
			return false;
	return !period;
}

static void drop_last(struct flow *parent, unsigned int cnt)
{
	while (cnt--) {
		struct flow *last = parent->last;

		flow_unlink(last);
		flow_free(last);
	}
}

/* The last `period` children go into the loop before them, if they are its body again. */
static bool loop_take(struct flow *parent, unsigned int period)
{
	struct flow *loop = parent->last, *child, *body;

	for (unsigned int i = 0; i < period && loop; i++)
		loop = loop->prev;
	if (!loop || loop->kind != FLOW_LOOP)
		return false;
	body = loop->first;
	for (child = loop->next; child && body; child = child->next, body = body->next)
		if (child->tree_label != body->tree_label)
			return false;
	if (child || body)
		return false;
	loop->count += loop->next->count;
	drop_last(parent, period);
	return true;
}

/* A loop of nothing but a loop is one: the inner one counted the rounds of all rounds. */
void flow_loop_flatten(struct flow *loop)
{
	struct flow *inner = loop->first;

	flow_unlink(inner);
	loop->count = inner->count;
	while (inner->first) {
		struct flow *child = inner->first;

		flow_unlink(child);
		flow_append(loop, child);
	}
	flow_free(inner);
}

/* A loop and what says the same right before it, itself a loop or once round, are one loop. */
static bool loop_widen(struct flow *parent)
{
	struct flow *loop = parent->last, *before = loop->prev;
	unsigned int period = 0;

	if (loop->kind != FLOW_LOOP || !before)
		return false;
	if (before->kind == FLOW_LOOP && before->tree_label == loop->tree_label) {
		before->count += loop->count;
		drop_last(parent, 1);
		return true;
	}
	for (const struct flow *body = loop->last; body; body = body->prev, before = before->prev, period++)
		if (!before || before->tree_label != body->tree_label)
			return false;
	loop->count += loop->prev->count;
	while (period--) {
		before = loop->prev;
		flow_unlink(before);
		flow_free(before);
	}
	return true;
}

/* The last two times `period` children, which say the same, become a loop. */
static bool loop_make(struct flow *parent, unsigned int period)
{
	struct flow *first = parent->last, *loop;
	uint64_t count = first->count;

	drop_last(parent, period);
	first = parent->last;
	for (unsigned int i = 1; i < period; i++)
		first = first->prev;
	loop = flow_make(parent, FLOW_LOOP);
	if (!loop)
		return false;
	loop->count = count + first->count;
	loop->label = label_of_kind(FLOW_LOOP);
	while (first != loop) {
		struct flow *next = first->next;

		flow_unlink(first);
		flow_append(loop, first);
		first = next;
	}
	flow_close(loop);
	return true;
}

/*
 * A recording is folded as it came; what is left out of a flow (interrupts of the host, mostly)
 * kept some loops apart, which close here.
 */
void flow_fold_last(struct flow *parent)
{
	const struct flow *later = parent->last;

	if (loop_widen(parent))
		return;
	for (unsigned int period = 1; period <= PERIOD_MAX && later; period++, later = later->prev) {
		if (loop_take(parent, period))
			return;
		if (is_repeated(later, period)) {
			loop_make(parent, period);
			return;
		}
	}
}
