/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Prints the trees of a model as aligned columns that fit the output's width. */
#ifndef KVMTREE_TREE_PRINT_H
#define KVMTREE_TREE_PRINT_H

#include "trace-viewer/model.h"
#include "trace-viewer/output.h"

struct tree_options {
	long vm;    /* 0: all */
	long vcpu;  /* -1: all */
	long depth; /* 0: any */
	bool has_why, has_expand, has_missing, has_legend;
};

/* The whole of `kvmtree tree`: head, trees, notes. */
void tree_print(const struct output *out, const struct model *model,
		const struct tree_options *options);

/* What comes after the trees: what could not be traced and the legend, where asked for, and notes. */
void tree_print_end(const struct output *out, const struct model *model,
		    const struct tree_options *options);

#endif
