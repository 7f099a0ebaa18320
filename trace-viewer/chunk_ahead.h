/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The chunks of a file, fetched by a thread of its own while those before them are looked at. */
#ifndef KVMTREE_CHUNK_AHEAD_H
#define KVMTREE_CHUNK_AHEAD_H

#include "trace-viewer/chunk_file.h"

struct chunk_ahead;

/*
 * Starts the thread; from now on it alone reads `file`, which outlives it. NULL: there is no
 * thread to be had. It holds a few chunks, whose payloads may be TRACE_PAYLOAD_MAX each.
 */
struct chunk_ahead *chunk_ahead_new(struct chunk_file *file);

/* Ends the thread, which finishes the read(2) that it is in. */
void chunk_ahead_free(struct chunk_ahead *ahead);

/* What comes next, as chunk_file_next() says it; valid until the next call. */
struct chunk *chunk_ahead_next(struct chunk_ahead *ahead);

#endif
