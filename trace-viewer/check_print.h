/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The verdicts, for people and for a CI system. */
#ifndef KVMTREE_CHECK_PRINT_H
#define KVMTREE_CHECK_PRINT_H

#include <stdio.h>

#include "trace-viewer/check.h"
#include "trace-viewer/output.h"

void check_print(const struct output *out, const struct check *check);

/* Writes a JUnit XML report of the recording at path. */
void check_junit(FILE *file, const struct check *check, const char *path);

#endif
