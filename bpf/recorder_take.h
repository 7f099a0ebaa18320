/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the files that make struct recorder share. */
#ifndef KVMTREE_RECORDER_TAKE_H
#define KVMTREE_RECORDER_TAKE_H

#include "bpf/ancestors.h"
#include "bpf/clock.h"
#include "bpf/recorder.h"
#include "bpf/round_writer.h"
#include "bpf/vcpu_ledger.h"

struct recorder {
	struct recorder_parts parts;
	struct catch_up *catch_up; /* with a trigger or a ring file */
	uint64_t ring_bytes;	   /* how large the ring file was when it was looked at last */
	struct round_writer *rounds;
	struct ring_buffer *ring;
	struct recorder_totals totals;
	struct vcpu_ledger *ledger;
	uint64_t record_ns; /* the largest time of a record */
	uint64_t flushed_ns;
	uint64_t drain_number, refused_drain; /* when the process was refused last */
	uint32_t refused_tgid;
	struct ancestors ancestors; /* of who was stopped last */
	int err; /* the first error of the file */
};

/* A record that came out of the ring, or is made as if: whoever is not wanted has it refused. */
void recorder_take(struct recorder *recorder, const union record *rec);

/* The same of turns of the run loop that came together. */
void recorder_take_rounds(struct recorder *recorder, const struct ring_rounds *rounds);

#endif
