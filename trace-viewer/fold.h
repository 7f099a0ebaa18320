/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Folds what repeats among the children of a node, as they come. */
#ifndef KVMTREE_FOLD_H
#define KVMTREE_FOLD_H

#include "trace-viewer/node.h"

#define FOLD_PERIOD_MAX	  8   /* children that a repeating sequence may have */
#define FOLD_CHILDREN_MAX 120 /* more than these that do not fold become one NODE_MIX */
#define FOLD_MIX_MAX	  48  /* different nodes in a NODE_MIX */

/* Sets the signature of a closed node, whose children have theirs. */
void node_sign(struct node *node);

/*
 * Call when the last child of `parent` has closed and is signed: repeated sequences become
 * NODE_GROUPs, older groups take the sequence in, a list that grows too long becomes a NODE_MIX.
 * Sums are kept: the exits below parent stay the same.
 */
void fold_last(struct node *parent);

/* Call when no child of `parent` is to come: a NODE_MIX takes most of the end, too. */
void fold_done(struct node *parent);

#endif
