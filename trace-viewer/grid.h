/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A table for people: cells are gathered, columns measured, and those that do not fit left out. */
#ifndef KVMTREE_GRID_H
#define KVMTREE_GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "trace-viewer/output.h"
#include "trace-viewer/text.h"

/*
 * Where there is no room for all columns, those of the highest rank go first; rank 0 stays. The first
 * column is cut before a column of rank 0 is. It, and columns without a title, hold words, aligned
 * left. Columns that are empty in all rows go.
 */
struct grid_column {
	const char *title;
	int rank;
};

struct grid;

/* NULL: no memory; every other call takes NULL and does nothing. columns outlive the grid. */
struct grid *grid_new(const struct grid_column *columns, unsigned int column_cnt);
void grid_free(struct grid *grid);

/* Begins a row; its cells follow from left to right. The style is that of its first cell. */
void grid_row(struct grid *grid, enum style style);
void grid_cell(struct grid *grid, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void grid_text(struct grid *grid, const struct text *text);
/* Cells as numbers for people; grid_share is "85.7 %". */
void grid_count(struct grid *grid, uint64_t count);
void grid_ns(struct grid *grid, uint64_t ns, bool ascii);
void grid_share(struct grid *grid, uint64_t part, uint64_t all);

/* Prints titles and rows. */
void grid_print(const struct grid *grid, const struct output *out);

#endif
