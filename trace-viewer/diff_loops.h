/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Flows while they are made: their lists, and the loops in them. */
#ifndef KVMTREE_DIFF_LOOPS_H
#define KVMTREE_DIFF_LOOPS_H

#include "trace-viewer/diff_flow.h"

/* A new last child, or a root where parent is NULL. NULL: no memory. */
struct flow *flow_make(struct flow *parent, enum flow_kind kind);
void flow_append(struct flow *parent, struct flow *flow);
void flow_unlink(struct flow *flow);
/* Sets what is known of a flow once its children are whole. */
void flow_close(struct flow *flow);

/* Call when the last child of parent has closed: what repeats goes into a loop. */
void flow_fold_last(struct flow *parent);
/* A loop of nothing but a loop becomes one. */
void flow_loop_flatten(struct flow *loop);

#endif
