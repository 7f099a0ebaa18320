/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The texts of a row of two merged flows. */
#ifndef KVMTREE_DIFF_TEXT_H
#define KVMTREE_DIFF_TEXT_H

#include "trace-viewer/diff_rows.h"
#include "trace-viewer/text.h"

/* The call; of a loop, or of frames without an order: how often they came. */
void diff_add_call(struct text *t, const struct diff_row *row, bool ascii);

/* What happened to the frame; nothing where nothing did. */
void diff_add_remark(struct text *t, const struct diff_row *row, bool ascii);

#endif
