/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The tree as a list of rows: those that are to be seen when some nodes are folded up. */
#ifndef KVMTREE_TUI_ROWS_H
#define KVMTREE_TUI_ROWS_H

#include "trace-viewer/model.h"
#include "trace-viewer/text.h"

struct tui_row {
	struct node *node;
	uint32_t parent; /* index of its row; its own for a VM's */
	uint16_t depth;  /* 0: a VM */
	bool is_last;	 /* among its siblings */
	bool is_slowest; /* the first node of a group's slowest time round */
};

struct tui_rows {
	struct tui_row *rows;
	size_t cnt, capacity;
};

/* Makes the rows of all VMs anew. False: no memory, rows are as they were or fewer. */
bool tui_rows_fill(struct tui_rows *rows, const struct model *model);
void tui_rows_release(struct tui_rows *rows);

/* Has the node anything below it, and is that to be seen? Loops are folded at first, the rest not. */
bool tui_node_has_below(const struct node *node);
bool tui_node_is_open(const struct node *node);
void tui_node_set_open(struct node *node, bool is_open);
/* The same for the node and all below it. */
void tui_node_set_open_below(struct node *node, bool is_open);

/* The lines of the tree in front of a row. */
void tui_row_prefix(const struct tui_rows *rows, size_t index, struct text *prefix, bool ascii);

/* Index of the node's row; rows->cnt: it has none now. */
size_t tui_rows_find(const struct tui_rows *rows, const struct node *node);

/* Says of a node whether it is looked for. */
typedef bool tui_match_fn(const struct node *node, const void *arg);

/*
 * The next node that matches after `from` in the order of the tree, or before it; from the other end
 * again if need be, and NULL when there is none. What it is folded into is opened: fill the rows anew.
 */
struct node *tui_find(const struct model *model, const struct node *from, bool is_back,
		      tui_match_fn *match, const void *arg);

/* Calls visit for every node of all VMs, folded or not, in the order of the tree. */
void tui_each(const struct model *model, void (*visit)(struct node *node, void *arg), void *arg);

#endif
