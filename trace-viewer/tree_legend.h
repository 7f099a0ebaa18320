/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree tree --legend: what signs, letters and colours mean. */
#ifndef KVMTREE_TREE_LEGEND_H
#define KVMTREE_TREE_LEGEND_H

#include "trace-viewer/output.h"

void tree_legend_print(const struct output *out);

#endif
