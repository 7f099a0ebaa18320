/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a recording needs of the machine and of the user. */
#ifndef KVMTREE_ENVIRONMENT_H
#define KVMTREE_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

/* Returns 0, or -errno and a sentence in `why` that says what is missing and what to do. */
int environment_check(char *why, size_t why_sz);

/* May every process be traced? Else only those that the kernel would let the user ptrace. */
bool environment_may_trace_all(void);

/* The META payload: the machine, the kernel, the command. For the caller to free; NULL: no memory. */
char *environment_meta(const char *vendor, char *const command[], size_t *text_sz);

#endif
