/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The columns of the tree that are the same for many nodes; not for NODE_GROUP and NODE_MIX. */
#ifndef KVMTREE_TREE_CELLS_H
#define KVMTREE_TREE_CELLS_H

#include "trace-viewer/node.h"
#include "trace-viewer/output.h"

/* "": nothing. */
struct tree_cells {
	const char *where, *known;
	const char *means; /* valid until the next call */
	enum style style;
};

void tree_cells(struct tree_cells *cells, const struct node *node);
/* Equal for nodes whose cells are equal. */
uint64_t tree_cells_key(const struct node *node);

/* What the knowledge base has of a function, or NULL. */
const struct kb_concept *tree_func_concept(const struct func_row *func);

#endif
