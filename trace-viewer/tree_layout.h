/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The columns of the tree: measured over all rows and laid out once by tree_layout.c, then filled row by
 * row by tree_layout_print.c.
 */
#ifndef KVMTREE_TREE_LAYOUT_H
#define KVMTREE_TREE_LAYOUT_H

#include "trace-viewer/output.h"
#include "trace-viewer/tree_text.h"

#define LAYOUT_GAP	 2 /* cells between columns */
#define LAYOUT_TIME_MIN	 7 /* "1.24 ms" */
#define LAYOUT_MEANS_MAX 72

struct layout {
	const struct output *out;
	/* cells of each column; 0: not there */
	size_t call, where, known, result, time, means;
	size_t call_free, call_fold; /* measured: rows without an owner; folded rows */
	size_t soft, soft_free; /* those that may be cut rather than squeeze meanings; without an owner */
	bool has_words;	   /* known: words, else one letter each */
	bool means_below;  /* meanings have lines of their own */
	size_t pad;	   /* cells to leave free before the next text of a line */
};

/* How a row's call takes its room. */
enum row_width {
	ROW_FIRM,
	ROW_STRETCHING, /* it may use columns that it leaves empty */
	ROW_SOFT,	/* it is better cut than meanings squeezed */
};

/* What a row takes, in cells; call with what is before it. */
struct row_cells {
	size_t call, where, known, result, time, means;
	enum row_width width;
};

void layout_measure_cells(struct layout *l, const struct row_cells *cells);
/* Takes over what was measured of rows that stand `indent` cells further in. */
void layout_merge(struct layout *l, const struct layout *from, size_t indent);

/* Takes note of how wide a row wants to be. */
void layout_measure(struct layout *l, const struct text *prefix, const struct tree_row *row,
		    enum row_width width);

/* Shares the output's width out. */
void layout_settle(struct layout *l);

void layout_titles(struct layout *l);

/*
 * Prints a row behind its prefix. A meaning that needs more than a line goes on in lines that
 * begin with `below`.
 */
void layout_row(struct layout *l, const struct text *prefix, const struct text *below,
		struct tree_row *row);

/* Lines below a row that say why it is there; opens: its children follow. */
void layout_why(struct layout *l, const struct text *prefix, bool opens, const char *why);

/* A column with the gap to it; nothing where there is no such column. */
static inline size_t layout_with_gap(size_t column)
{
	return column ? LAYOUT_GAP + column : 0;
}

/* Cells that a call may take when its row has neither owner nor result. */
size_t layout_call_room(const struct layout *l);

/* What the letters of the column BY stand for; nothing when it has words. */
void layout_legend(const struct layout *l);

#endif
