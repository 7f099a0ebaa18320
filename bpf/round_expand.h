/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From a round to the records that it stands for. */
#ifndef KVMTREE_ROUND_EXPAND_H
#define KVMTREE_ROUND_EXPAND_H

#include "trace-viewer/record_codec.h"
#include "bpf/round.h"

typedef void round_record_fn(void *context, const union record *rec);

/* Calls fn for each part of the round, in the order in which they happened. */
void round_expand(const struct ring_round *round, round_record_fn *fn, void *context);

#endif
