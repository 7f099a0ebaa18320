/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A trace file as a sequence of chunks: found, checked and inflated. */
#ifndef KVMTREE_CHUNK_FILE_H
#define KVMTREE_CHUNK_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "trace-viewer/trace_format.h"

/* Fills buf with up to sz bytes, like read(2): 0 at the end, negative errno on failure. */
typedef ssize_t trace_read_fn(void *owner, void *buf, size_t sz);

enum chunk_kind {
	CHUNK_NONE,	/* the file is over; damage: why before its time, or NULL */
	CHUNK_SKIPPED,	/* bytes that are no chunk */
	CHUNK_DAMAGED,	/* damage: what is wrong with its payload */
	CHUNK_SOUND,	/* header and raw */
};

/* What comes next in a file. All zeroes at first; raw and its room are kept for the next one. */
struct chunk {
	enum chunk_kind kind;
	struct trace_chunk_header header;
	const char *damage;
	int read_err;	      /* CHUNK_NONE: errno of the file; or 0 */
	uint64_t at, end;     /* from where to where it is in the file, in bytes */
	uint8_t *raw;	      /* header.raw_sz bytes of payload, then a '\0' */
	size_t raw_room;
};

struct chunk_file;

/*
 * Checks the file header. NULL on failure, with "what: what to do" in why[why_sz]. The caller
 * frees it; `owner` outlives it. It allocates what a chunk needs, TRACE_PAYLOAD_MAX at most, and as much
 * again for each chunk that is given to it.
 */
struct chunk_file *chunk_file_new(trace_read_fn *read, void *owner, char *why, size_t why_sz);
void chunk_file_free(struct chunk_file *file);

/* What comes next. After CHUNK_NONE it is not called again. */
void chunk_file_next(struct chunk_file *file, struct chunk *chunk);

#endif
