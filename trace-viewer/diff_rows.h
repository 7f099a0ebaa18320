/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Two matched flows merged into one tree of rows. */
#ifndef KVMTREE_DIFF_ROWS_H
#define KVMTREE_DIFF_ROWS_H

#include "trace-viewer/diff_flow.h"

/* A frame of both flows, or of one: then the other is NULL. */
struct diff_row {
	struct diff_row *parent, *prev, *next, *first, *last;
	struct flow *a, *b;
	bool is_quiet; /* nothing here or below it differs */
	uint32_t frame_cnt; /* rows here and below that are frames, exits or threads */
};

/* Its frame in b; where b has none, that in a. */
static inline const struct flow *diff_row_flow(const struct diff_row *row)
{
	return row->b ? row->b : row->a;
}

/*
 * The flow of b, with what is only in a (or was elsewhere in a) put in before what followed it there.
 * NULL: no memory.
 */
struct diff_row *diff_rows_new(struct flow *a, struct flow *b);
void diff_rows_free(struct diff_row *row);

#endif
