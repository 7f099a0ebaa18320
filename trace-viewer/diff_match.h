/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which frame of one flow is which of the other: the least that must come and go. */
#ifndef KVMTREE_DIFF_MATCH_H
#define KVMTREE_DIFF_MATCH_H

#include "trace-viewer/diff_flow.h"

/* Frames of both flows, and how they stand to each other. */
struct diff_sums {
	uint32_t same, renamed, changed, moved, only_a, only_b;
};

/*
 * Sets change and twin of every frame of both flows. Only frames of equal labels are twins; they
 * keep order and nesting, but for those that moved. Returns 0, or -ENOMEM.
 */
int diff_match(struct flow *a, struct flow *b, struct diff_sums *sums);
bool diff_differ(const struct diff_sums *sums);

/* Siblings from first until end, which is out of it (NULL: to the last). */
struct diff_span {
	struct flow *first, *end;
	uint32_t tree_cnt; /* frames in their subtrees */
};

/*
 * Makes twins of what the ordered tree edit distance keeps: to insert or delete a frame costs 1, and
 * its children stay (K. Zhang, D. Shasha, "Simple fast algorithms for the editing distance between
 * trees and related problems", SIAM Journal on Computing 18(6), 1989). Memory grows with the product
 * of the sizes, which must be at most DIFF_EDIT_CELLS; time with that of the sizes and depths, which
 * is what diff_edit_steps tells beforehand. Returns 0, or -ENOMEM.
 */
#define DIFF_EDIT_CELLS (1u << 20)
#define DIFF_EDIT_MAX	30000u /* frames of one span */
uint64_t diff_edit_steps(const struct diff_span *a, const struct diff_span *b);
int diff_edit(const struct diff_span *a, const struct diff_span *b);

#endif
