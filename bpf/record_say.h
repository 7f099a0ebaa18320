/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What kvmtree record says on standard error. */
#ifndef KVMTREE_RECORD_SAY_H
#define KVMTREE_RECORD_SAY_H

#include <stdbool.h>

/* A sentence: what failed, why, what to do about it. Returns 1, the exit status for that. */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What is going on, unless is_quiet. */
void progress(bool is_quiet, const char *text);

#endif
