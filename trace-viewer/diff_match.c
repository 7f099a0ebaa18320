/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What two flows share: equal ends first, then the tree edit distance between them, then what moved. */
#include "trace-viewer/diff_match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN_MAX   1000u	      /* siblings that are compared each with each */
#define MOVES_TRIED (1u << 24) /* frames looked at to find what moved: a bound for forged files */

/*
 * Steps of all tree edits of a diff, a second or so: Linux in `vmm` against Linux in QEMU takes a
 * quarter of them, two forged trees, deep and wide, would take hours.
 */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define EDIT_STEPS (1u << 15)
#else
#define EDIT_STEPS (1u << 27)
#endif

static void twin(struct flow *a, struct flow *b)
{
	a->twin = b;
	b->twin = a;
}

/* Equal all the way down. */
static void twin_trees(struct flow *a, struct flow *b)
{
	twin(a, b);
	for (a = a->first, b = b->first; a && b; a = a->next, b = b->next)
		twin_trees(a, b);
}

/* --- siblings ------------------------------------------------------------------- */

static void span_measure(struct diff_span *span)
{
	span->tree_cnt = 0;
	for (const struct flow *flow = span->first; flow != span->end; flow = flow->next)
		span->tree_cnt += flow->tree_cnt;
}

static struct flow *span_last(const struct diff_span *span, const struct flow *parent)
{
	return span->end ? span->end->prev : parent->last;
}

/* Takes off what both begin and end with. */
static void ends_match(struct flow *a_parent, struct flow *b_parent, struct diff_span *a, struct diff_span *b)
{
	struct flow *x, *y;

	while (a->first != a->end && b->first != b->end && a->first->tree_label == b->first->tree_label) {
		twin_trees(a->first, b->first);
		a->first = a->first->next;
		b->first = b->first->next;
	}
	while (a->first != a->end && b->first != b->end) {
		x = span_last(a, a_parent);
		y = span_last(b, b_parent);
		if (x->tree_label != y->tree_label)
			break;
		twin_trees(x, y);
		a->end = x;
		b->end = y;
	}
	span_measure(a);
	span_measure(b);
}

static size_t span_list(const struct diff_span *span, struct flow ***list)
{
	size_t cnt = 0, i = 0;

	for (struct flow *flow = span->first; flow != span->end; flow = flow->next)
		cnt++;
	*list = calloc(cnt + 1, sizeof(**list));
	for (struct flow *flow = span->first; *list && flow != span->end; flow = flow->next)
		(*list)[i++] = flow;
	return cnt;
}

/* How much is kept when these two are twins: whole subtrees count for more. */
static uint32_t worth(const struct flow *a, const struct flow *b)
{
	if (a->label != b->label)
		return 0;
	return a->tree_label == b->tree_label ? 2 * a->tree_cnt : 1;
}

/* The best common subsequence of two lists that are too large for all their frames to be compared. */
static int siblings_align(struct flow **a, size_t a_cnt, struct flow **b, size_t b_cnt)
{
	size_t row = b_cnt + 1, i, j;
	uint32_t *best = calloc((a_cnt + 1) * row, sizeof(*best));

	if (!best)
		return -ENOMEM;
	for (i = a_cnt; i--;)
		for (j = b_cnt; j--;) {
			uint32_t both = worth(a[i], b[j]);
			uint32_t gone = best[(i + 1) * row + j], come = best[i * row + j + 1];

			both = both ? both + best[(i + 1) * row + j + 1] : 0;
			gone = gone > come ? gone : come;
			best[i * row + j] = both > gone ? both : gone;
		}
	for (i = j = 0; i < a_cnt && j < b_cnt;) {
		uint32_t both = worth(a[i], b[j]);

		if (both && best[i * row + j] == both + best[(i + 1) * row + j + 1])
			twin(a[i++], b[j++]);
		else if (best[i * row + j] == best[(i + 1) * row + j])
			i++;
		else
			j++;
	}
	free(best);
	return 0;
}

static int children_match(struct flow *a, struct flow *b, uint64_t *steps_left);

/* Lists that are very long are cut into pieces of equal numbers, and compared piece by piece. */
static int siblings_match(const struct diff_span *a, const struct diff_span *b, uint64_t *steps_left)
{
	struct flow **a_list, **b_list;
	size_t a_cnt = span_list(a, &a_list), b_cnt = span_list(b, &b_list);
	size_t pieces = (a_cnt > b_cnt ? a_cnt : b_cnt) / ALIGN_MAX + 1;
	int err = a_list && b_list ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < pieces; i++) {
		size_t x = a_cnt * i / pieces, y = b_cnt * i / pieces;

		err = siblings_align(a_list + x, a_cnt * (i + 1) / pieces - x, b_list + y,
				     b_cnt * (i + 1) / pieces - y);
	}
	for (size_t i = 0; !err && i < a_cnt; i++)
		if (a_list[i]->twin)
			err = children_match(a_list[i], a_list[i]->twin, steps_left);
	free(a_list);
	free(b_list);
	return err;
}

/* May these be compared frame by frame? */
static bool edit_is_affordable(const struct diff_span *a, const struct diff_span *b, uint64_t *steps_left)
{
	uint64_t steps;

	if (a->tree_cnt > DIFF_EDIT_MAX || b->tree_cnt > DIFF_EDIT_MAX ||
	    (uint64_t)a->tree_cnt * b->tree_cnt > DIFF_EDIT_CELLS)
		return false;
	steps = diff_edit_steps(a, b);
	if (steps > *steps_left)
		return false;
	*steps_left -= steps;
	return true;
}

/* Matches what stands below two twins. */
static int children_match(struct flow *a, struct flow *b, uint64_t *steps_left)
{
	struct diff_span x = { .first = a->first }, y = { .first = b->first };

	ends_match(a, b, &x, &y);
	if (!x.tree_cnt || !y.tree_cnt)
		return 0;
	return edit_is_affordable(&x, &y, steps_left) ? diff_edit(&x, &y) : siblings_match(&x, &y, steps_left);
}

/* --- what moved ------------------------------------------------------------------ */

static bool is_alone(const struct flow *flow)
{
	for (const struct flow *f = flow; f; f = flow_next(f, flow))
		if (f->twin)
			return false;
	return true;
}

static void tree_move(struct flow *a, struct flow *b)
{
	struct flow *x = a, *y = b;

	for (; x && y; x = flow_next(x, a), y = flow_next(y, b)) {
		twin(x, y);
		x->change = y->change = FLOW_MOVED;
	}
}

/* A frame of b without twins whose subtree says what that of `gone` says. */
static struct flow *moved_find(const struct flow *gone, struct flow *b, uint32_t *budget)
{
	for (struct flow *f = b; f && *budget; f = flow_next(f, b), --*budget)
		if (!f->twin && f->tree_label == gone->tree_label && is_alone(f))
			return f;
	return NULL;
}

static void moves_find(struct flow *a, struct flow *b)
{
	uint32_t budget = MOVES_TRIED;

	for (struct flow *f = a; f && budget; f = flow_next(f, a)) {
		struct flow *there;

		/* a loop or a mix is no thing of its own; what is in it may move. A guest exits for the same
		   reason again and again: that one exit is like another far away says nothing */
		if (f->twin || f->kind != FLOW_FRAME || !is_alone(f))
			continue;
		there = moved_find(f, b, &budget);
		if (there)
			tree_move(f, there);
	}
}

/* --- verdicts -------------------------------------------------------------------- */

static enum flow_change change_of(const struct flow *flow)
{
	const struct flow *other = flow->twin;

	if (!other)
		return FLOW_ONLY_HERE;
	if (flow->change == FLOW_MOVED)
		return FLOW_MOVED;
	if (strcmp(flow->outcome, other->outcome))
		return FLOW_CHANGED;
	if (flow->name && other->name && strcmp(flow->name, other->name))
		return FLOW_RENAMED;
	return FLOW_SAME;
}

static void verdicts_set(struct flow *root)
{
	for (struct flow *f = root; f; f = flow_next(f, root))
		f->change = change_of(f);
}

static void sums_add(struct diff_sums *sums, const struct flow *a, const struct flow *b)
{
	for (const struct flow *f = a; f; f = flow_next(f, a)) {
		if (!flow_is_frame(f))
			continue;
		sums->same += f->change == FLOW_SAME;
		sums->renamed += f->change == FLOW_RENAMED;
		sums->changed += f->change == FLOW_CHANGED;
		sums->moved += f->change == FLOW_MOVED;
		sums->only_a += f->change == FLOW_ONLY_HERE;
	}
	for (const struct flow *f = b; f; f = flow_next(f, b))
		sums->only_b += flow_is_frame(f) && f->change == FLOW_ONLY_HERE;
}

bool diff_differ(const struct diff_sums *sums)
{
	return sums->renamed || sums->changed || sums->moved || sums->only_a || sums->only_b;
}

int diff_match(struct flow *a, struct flow *b, struct diff_sums *sums)
{
	uint64_t steps_left = EDIT_STEPS;
	int err;

	memset(sums, 0, sizeof(*sums));
	twin(a, b);
	err = children_match(a, b, &steps_left);
	if (err)
		return err;
	moves_find(a, b);
	verdicts_set(a);
	verdicts_set(b);
	sums_add(sums, a, b);
	return 0;
}
