/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Flows made by hand, for the test of their matching and for its fuzzer. */
#ifndef TESTS_FLOW_TREE_H
#define TESTS_FLOW_TREE_H

#include <stdlib.h>

#include "trace-viewer/diff_label.h"
#include "trace-viewer/diff_rows.h"

/* The last of its parent's children from now on; NULL: it is a root. */
static inline struct flow *flow_add(struct flow *parent, enum flow_kind kind, uint64_t label, char letter)
{
	struct flow *flow = calloc(1, sizeof(*flow));

	flow->kind = kind;
	flow->label = label;
	flow->layer = flow->concept = flow->meaning = flow->outcome = "";
	flow->name = calloc(1, 2);
	flow->name[0] = letter;
	flow->parent = parent;
	if (!parent)
		return flow;
	flow->prev = parent->last;
	*(parent->last ? &parent->last->next : &parent->first) = flow;
	parent->last = flow;
	return flow;
}

/* What is known of each flow when all below it are there. */
static inline void flow_close(struct flow *flow)
{
	flow->tree_label = flow->label;
	flow->tree_cnt = 1;
	for (struct flow *child = flow->first; child; child = child->next) {
		flow_close(child);
		flow->tree_label = label_mix(flow->tree_label, child->tree_label);
		flow->tree_cnt += child->tree_cnt;
	}
	flow->tree_label = label_mix(flow->tree_label, 0);
}

#endif
