/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Prints a comparison as a table. */
#ifndef KVMTREE_COMPARE_PRINT_H
#define KVMTREE_COMPARE_PRINT_H

#include "trace-viewer/compare.h"
#include "trace-viewer/output.h"

/* top: rows at most, 0: all. */
void compare_print(const struct output *out, const struct comparison *c, const struct compare_file *files,
		   long top);

#endif
