/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Two matched flows as one tree, with what came, went, moved or is called otherwise. */
#ifndef KVMTREE_DIFF_PRINT_H
#define KVMTREE_DIFF_PRINT_H

#include "trace-viewer/diff_match.h"
#include "trace-viewer/output.h"

/* Prints the tree and a line of sums; has_all: what is the same, too. Returns 0, or -ENOMEM. */
int diff_print(const struct output *out, struct flow *a, struct flow *b,
	       const struct diff_sums *sums, bool has_all);

#endif
