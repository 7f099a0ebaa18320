/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What became of the functions of programs, on standard error: nothing when all went well. */
#ifndef KVMTREE_USER_REPORT_H
#define KVMTREE_USER_REPORT_H

#include <stdint.h>

#include "bpf/plan.h"
#include "bpf/user_functions.h"

/* Functions that the kernel refused to probe, of the plan's rows from `first` on. */
void user_report_refused(const struct plan *plan, uint32_t first);

/* A program of which more was asked than is taken (user_functions.h); its name is made safe to print. */
void user_report_cut(const char *name, const struct user_funcs *funcs);

/* The plan has no room left for the functions of this program. */
void user_report_full(const char *name);

/* After the recording: what --user-function named, and what did not come. */
void user_report_unmet(const struct user_rules *rules);

#endif
