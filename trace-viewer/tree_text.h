/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the columns of the tree say of a node. */
#ifndef KVMTREE_TREE_TEXT_H
#define KVMTREE_TREE_TEXT_H

#include "trace-viewer/node.h"
#include "trace-viewer/output.h"
#include "trace-viewer/text.h"

struct tree_row {
	struct text call, where, known, result, time, means;
	enum style style;
};

/* Fills row, which need not be empty before. */
void tree_row_fill(struct tree_row *row, const struct node *node, bool ascii);

/* "KVM_RUN ▶ guest ◀ io out 0x3f8 → serial_out": the siblings from `node` on, in one line. */
void tree_add_summary(struct text *t, const struct node *node, bool ascii);

/* Why a node is there, who serves it, where it is specified; NULL: nothing. Valid until the next call. */
const char *tree_why(const struct node *node);

/* --- a row in parts, for those who make millions; not for NODE_GROUP and NODE_MIX ----------- */

void tree_add_call(struct text *t, const struct node *node, bool ascii);
void tree_add_result(struct text *t, const struct node *node, bool ascii);
/* Does the column TIME say anything, and of what? */
bool tree_has_time(const struct node *node);
uint64_t tree_time_ns(const struct node *node);
/* "≥ 1.24 ms" */
void tree_add_time(struct text *t, uint64_t ns, bool is_unsure, bool ascii);
bool tree_is_unsure(const struct node *node);

/* What the end of a call says of its begin or end, or "". */
const char *tree_unseen(uint8_t node_flags);

#endif
