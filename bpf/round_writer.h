/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Rounds into the trace file, as turns. */
#ifndef KVMTREE_ROUND_WRITER_H
#define KVMTREE_ROUND_WRITER_H

#include "bpf/round.h"
#include "trace-viewer/trace_writer.h"

struct round_writer;

/* Borrows the writer. NULL: no memory. */
struct round_writer *round_writer_new(struct trace_writer *writer);
void round_writer_free(struct round_writer *rounds);

/* The records that a round stands for: part i of round->parts is recs[i]. */
void round_records(const struct ring_round *round, union record recs[TURN_PART_CNT]);

/* Writes a round. Returns 0 or -errno. */
int round_writer_put(struct round_writer *rounds, const struct ring_round *round);

#endif
