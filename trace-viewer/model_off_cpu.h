/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Records that stand too early in the file, and time without a CPU, find their place. */
#ifndef KVMTREE_MODEL_OFF_CPU_H
#define KVMTREE_MODEL_OFF_CPU_H

#include "trace-viewer/model_thread.h"

/* Keeps a record whose thread's older records may be still to come (records.h). */
void model_on_early(struct model *model, struct thread *t, const union record *rec);
/* Handles what is older than now_ns of what was kept: before the record of that time. */
void model_early_until(struct model *model, struct thread *t, uint64_t now_ns);

#endif
