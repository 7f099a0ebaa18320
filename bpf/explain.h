/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A failure with its sentence: what failed, why, and what to do about it. */
#ifndef KVMTREE_EXPLAIN_H
#define KVMTREE_EXPLAIN_H

#include <stddef.h>

/* Writes the sentence into `why`, cut if need be, and returns `err`. */
int explain(int err, char *why, size_t why_sz, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
