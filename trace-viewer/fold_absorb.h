/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Takes nodes into others, so that nothing is lost from the sums. Only fold.c uses this. */
#ifndef KVMTREE_FOLD_ABSORB_H
#define KVMTREE_FOLD_ABSORB_H

#include "trace-viewer/node.h"

/* Adds `from`, which says the same, and what is below it; the caller still has to free it. */
void node_absorb(struct node *into, struct node *from);

/* `node`, which is in no list, goes into the mix, or what is rarer there gives way to it. */
void mix_take(struct node *mix, struct node *node);

#endif
