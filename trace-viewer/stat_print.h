/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Prints the exit mix of a model's VMs. */
#ifndef KVMTREE_STAT_PRINT_H
#define KVMTREE_STAT_PRINT_H

#include "trace-viewer/model.h"
#include "trace-viewer/output.h"

struct stat_options {
	long vm;   /* 0: all */
	long vcpu; /* -1: all */
};

void stat_print(const struct output *out, const struct model *model,
		const struct stat_options *options);

#endif
