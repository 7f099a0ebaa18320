/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Traces from a description in text, so that a test says what was recorded in a few lines:
 *
 *   meta KEY VALUE...              end KEY VALUE...
 *   func ID LAYER OWNER SYMBOL CONCEPT RUNG UNDER ARGS NOTE RETURNS
 *   thread TID [TGID]              the thread of the records that follow
 *   cpu N
 *   +NS KIND FIELD=VALUE ...       so much later, a record
 *   repeat N ... done              may be nested; $i is the time round, from 0
 *   flush                          ends the EVENTS chunk
 *
 * A VALUE is a number, the name of an ioctl, or for bytes SIZE:NUMBER,... or a "word".
 */
#ifndef KVMTREE_TRACE_SCRIPT_H
#define KVMTREE_TRACE_SCRIPT_H

#include <stddef.h>

/* Writes the trace to fd. 0; or -EINVAL and what is wrong in why. */
int trace_script_write(const char *script, int fd, char *why, size_t why_sz);

/* The same into memory, for the caller to free; NULL and what is wrong in why. */
unsigned char *trace_script_bytes(const char *script, size_t *bytes_sz, char *why, size_t why_sz);

/* A whole file as a string, for the caller to free; NULL: it cannot be read. */
char *file_text(const char *path);

#endif
