/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Rounds into the trace file, as turns. */
#ifndef KVMTREE_ROUND_WRITER_H
#define KVMTREE_ROUND_WRITER_H

#include "bpf/round.h"
#include "trace-viewer/trace_writer.h"

struct round_writer;

/* Borrows the writer. NULL: no memory. */
struct round_writer *round_writer_new(struct trace_writer *trace);
void round_writer_free(struct round_writer *writer);

/* The records that one of the rounds stands for: part i of rounds->parts is recs[i]. */
void round_records(const struct ring_rounds *rounds, uint32_t index, union record recs[TURN_PART_CNT]);

/* Writes all of them. Returns 0 or -errno. */
int round_writer_put(struct round_writer *writer, const struct ring_rounds *rounds);

#endif
