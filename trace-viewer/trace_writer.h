/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Writes a trace file (trace_format.h), chunk by chunk. */
#ifndef KVMTREE_TRACE_WRITER_H
#define KVMTREE_TRACE_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "trace-viewer/record_codec.h"
#include "trace-viewer/trace_format.h"

struct trace_writer;

/*
 * Takes over nothing: `fd` stays the caller's, is written from where it stands and need
 * not be seekable. Writes the file header and SCHEMA. All functions return 0 or -errno;
 * after an error that came from the file, nothing more is written to it and every call returns
 * that error again.
 */
int trace_writer_new(struct trace_writer **writer, int fd);
void trace_writer_free(struct trace_writer *writer);

/* A chunk of text: META, FUNCS or END. Records appended before it go out first. */
int trace_writer_text(struct trace_writer *writer, enum trace_chunk_type type, const char *text,
		      size_t text_sz);

/* Appends a record; chunks go out as they fill. */
int trace_writer_record(struct trace_writer *writer, const union record *rec);

/* A turn (record_codec.h) in full; several, unless -ENODATA says that the first must be in full, by their times. */
int trace_writer_turn(struct trace_writer *writer, const union record recs[TURN_PART_CNT],
		      uint32_t parts);
int trace_writer_repeat_turns(struct trace_writer *writer, const struct rec_header *header,
			      uint32_t parts, const struct turn_times *times, uint32_t cnt);

/* Writes out the EVENTS chunk under way, if it holds any record. */
int trace_writer_flush(struct trace_writer *writer);

/* How many bytes went to the file. */
uint64_t trace_writer_bytes(const struct trace_writer *writer);

/*
 * From the next chunk on all goes to `fd`, too, in which there are `bytes` already: a trace up to its
 * first EVENTS, or beyond. Records appended before it go out first, to the first file alone.
 */
int trace_writer_also(struct trace_writer *writer, int fd, uint64_t bytes);

/* How many bytes are in that second file; 0: there is none. */
uint64_t trace_writer_also_bytes(const struct trace_writer *writer);

/* The second file becomes the first. Returns the descriptor of the one that was, to which nothing goes any more. */
int trace_writer_switch(struct trace_writer *writer);

#endif
