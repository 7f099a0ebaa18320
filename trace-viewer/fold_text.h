/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Rows of folded nodes: what repeats, in one line. */
#ifndef KVMTREE_FOLD_TEXT_H
#define KVMTREE_FOLD_TEXT_H

#include "trace-viewer/tree_text.h"

/* A NODE_GROUP and a NODE_MIX; row is empty before. */
void fold_fill_group(struct tree_row *row, const struct node *node, bool ascii);
void fold_fill_mix(struct tree_row *row, const struct node *node, bool ascii);
/* A node in a NODE_MIX, where it stands for many. */
void fold_fill_many(struct tree_row *row, const struct node *node, bool ascii);

#endif
