/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Zhang and Shasha's tree edit distance, and the mapping that goes with it. */
#include <errno.h>
#include <stdlib.h>

#include "trace-viewer/diff_match.h"

/* A forest in postorder, from 1; a root of no frame holds it together at `cnt`. */
struct side {
	uint32_t cnt;
	struct flow **at;
	uint32_t *left; /* the first frame, in this order, of the subtree of each */
	uint32_t *keys; /* frames that have a frame to their left in their parent, and the root */
	uint32_t key_cnt;
};

struct edit {
	struct side a, b;
	uint16_t *trees;   /* distance of the subtrees (i, j) */
	uint16_t *forests; /* distance of the forests before (i, j), for one pair of subtrees at a time */
};

static void postorder(struct side *side, struct flow *flow)
{
	uint32_t left = side->cnt + 1;

	for (struct flow *child = flow->first; child; child = child->next)
		postorder(side, child);
	side->cnt++;
	side->at[side->cnt] = flow;
	side->left[side->cnt] = left;
}

static int side_init(struct side *side, const struct diff_span *span)
{
	size_t room = (size_t)span->tree_cnt + 2;
	bool *seen = calloc(room, sizeof(*seen));

	side->at = calloc(room, sizeof(*side->at));
	side->left = calloc(room, sizeof(*side->left));
	side->keys = calloc(room, sizeof(*side->keys));
	if (!side->at || !side->left || !side->keys || !seen) {
		free(seen);
		return -ENOMEM;
	}
	for (struct flow *flow = span->first; flow != span->end; flow = flow->next)
		postorder(side, flow);
	side->cnt++;
	side->left[side->cnt] = 1;
	/* keys are the last, in this order, of those that share a leftmost frame: from the end on */
	for (uint32_t i = side->cnt; i; i--) {
		if (!seen[side->left[i]])
			side->keys[side->key_cnt++] = i;
		seen[side->left[i]] = true;
	}
	free(seen);
	return 0;
}

static void side_release(struct side *side)
{
	free(side->at);
	free(side->left);
	free(side->keys);
}

static uint16_t *cell(const struct edit *e, uint16_t *table, uint32_t i, uint32_t j)
{
	return &table[(size_t)i * (e->b.cnt + 1) + j];
}

/* The root of a side has no frame: it is like the other side's root alone. */
static bool is_like(const struct edit *e, uint32_t i, uint32_t j)
{
	const struct flow *a = e->a.at[i], *b = e->b.at[j];

	return a && b ? a->label == b->label : a == b;
}

/* Fills forests for the subtrees (i, j), and trees on the way. */
static void forests_fill(struct edit *e, uint32_t i, uint32_t j)
{
	uint32_t li = e->a.left[i], lj = e->b.left[j];

	*cell(e, e->forests, li - 1, lj - 1) = 0;
	for (uint32_t x = li; x <= i; x++)
		*cell(e, e->forests, x, lj - 1) = (uint16_t)(x - li + 1);
	for (uint32_t y = lj; y <= j; y++)
		*cell(e, e->forests, li - 1, y) = (uint16_t)(y - lj + 1);
	for (uint32_t x = li; x <= i; x++)
		for (uint32_t y = lj; y <= j; y++) {
			bool are_trees = e->a.left[x] == li && e->b.left[y] == lj;
			uint32_t gone = *cell(e, e->forests, x - 1, y) + 1u;
			uint32_t come = *cell(e, e->forests, x, y - 1) + 1u;
			uint32_t least = gone < come ? gone : come, both = UINT16_MAX;

			if (!are_trees)
				both = *cell(e, e->forests, e->a.left[x] - 1, e->b.left[y] - 1) +
				       (uint32_t)*cell(e, e->trees, x, y);
			else if (is_like(e, x, y))
				both = *cell(e, e->forests, x - 1, y - 1);
			least = both < least ? both : least;
			*cell(e, e->forests, x, y) = (uint16_t)least;
			if (are_trees)
				*cell(e, e->trees, x, y) = (uint16_t)least;
		}
}

/* Subtrees whose twins are to be looked for. */
struct pairs {
	struct { uint32_t x, y; } *at;
	uint32_t cnt;
};

/* Goes back through the forests of (i, j): what stays has a twin; whole subtrees go onto the list. */
static void twins_find(struct edit *e, uint32_t i, uint32_t j, struct pairs *pairs)
{
	uint32_t li = e->a.left[i], lj = e->b.left[j], x = i, y = j;

	forests_fill(e, i, j);
	while (x >= li && y >= lj) {
		uint16_t here = *cell(e, e->forests, x, y);
		bool are_trees = e->a.left[x] == li && e->b.left[y] == lj;
		bool is_kept = is_like(e, x, y);

		if (are_trees && is_kept) {
			if (e->a.at[x]) {
				e->a.at[x]->twin = e->b.at[y];
				e->b.at[y]->twin = e->a.at[x];
			}
			x--;
			y--;
		} else if (!is_kept && here == *cell(e, e->forests, x - 1, y) + 1) {
			x--;
		} else if (!is_kept && here == *cell(e, e->forests, x, y - 1) + 1) {
			y--;
		} else if (!are_trees && here == *cell(e, e->forests, e->a.left[x] - 1, e->b.left[y] - 1) +
						 *cell(e, e->trees, x, y)) {
			pairs->at[pairs->cnt].x = x;
			pairs->at[pairs->cnt++].y = y;
			x = e->a.left[x] - 1;
			y = e->b.left[y] - 1;
		} else if (here == *cell(e, e->forests, x - 1, y) + 1) {
			x--;
		} else {
			y--;
		}
	}
}

/*
 * Frames of all the subtrees that keys hold: each frame counts once for itself, and once for each
 * frame on its way up that has one to its left.
 */
static uint64_t frames_of_keys(const struct flow *first, const struct flow *end, uint64_t times)
{
	uint64_t sum = 0;

	for (const struct flow *flow = first; flow != end; flow = flow->next) {
		uint64_t here = flow == first ? times : times + 1;

		sum += here + frames_of_keys(flow->first, NULL, here);
	}
	return sum;
}

uint64_t diff_edit_steps(const struct diff_span *a, const struct diff_span *b)
{
	return frames_of_keys(a->first, a->end, 1) * frames_of_keys(b->first, b->end, 1);
}

int diff_edit(const struct diff_span *a, const struct diff_span *b)
{
	size_t cells = ((size_t)a->tree_cnt + 2) * ((size_t)b->tree_cnt + 2);
	struct edit e = { 0 };
	struct pairs pairs = { 0 };
	int err = -ENOMEM;

	if (side_init(&e.a, a) || side_init(&e.b, b))
		goto cleanup;
	e.trees = calloc(cells, sizeof(*e.trees));
	e.forests = calloc(cells, sizeof(*e.forests));
	pairs.at = calloc((size_t)a->tree_cnt + 2, sizeof(*pairs.at));
	if (!e.trees || !e.forests || !pairs.at)
		goto cleanup;
	for (uint32_t i = e.a.key_cnt; i--;)
		for (uint32_t j = e.b.key_cnt; j--;)
			forests_fill(&e, e.a.keys[i], e.b.keys[j]);
	twins_find(&e, e.a.cnt, e.b.cnt, &pairs);
	while (pairs.cnt) {
		pairs.cnt--;
		twins_find(&e, pairs.at[pairs.cnt].x, pairs.at[pairs.cnt].y, &pairs);
	}
	err = 0;
cleanup:
	side_release(&e.a);
	side_release(&e.b);
	free(e.trees);
	free(e.forests);
	free(pairs.at);
	return err;
}
