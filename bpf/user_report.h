/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What became of the functions of programs, on standard error: nothing when all went well. */
#ifndef KVMTREE_USER_REPORT_H
#define KVMTREE_USER_REPORT_H

#include <stdint.h>

#include "bpf/plan.h"

/* Functions that the kernel refused to probe, of the plan's rows from `first` on. */
void user_report_refused(const struct plan *plan, uint32_t first);

/* After the recording: what --user-function named, and what did not come. */
void user_report_unmet(const struct user_rules *rules);

#endif
