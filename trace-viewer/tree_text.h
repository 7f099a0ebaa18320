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

/* The longer reason why a node is there, or NULL. */
const char *tree_why(const struct node *node);

#endif
