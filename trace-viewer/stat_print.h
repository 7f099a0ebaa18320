/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Prints the exit mix of a recording's VMs. */
#ifndef KVMTREE_STAT_PRINT_H
#define KVMTREE_STAT_PRINT_H

#include "trace-viewer/output.h"
#include "trace-viewer/stat.h"

void stat_print(const struct output *out, const struct model *model, const struct exit_stat *stat);

/* The part of it about time without a CPU; nothing when there was none. */
void stat_off_cpu_print(const struct output *out, const struct exit_stat *stat);

#endif
