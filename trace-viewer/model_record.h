/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a record does to the model: one function for each kind. Only the model uses this. */
#ifndef KVMTREE_MODEL_RECORD_H
#define KVMTREE_MODEL_RECORD_H

#include "trace-viewer/model.h"

void model_record(struct model *model, const union record *rec);

/* Durations that are open on this CPU (UINT32_MAX: on all) touch a loss. */
void model_mark_loss(struct model *model, uint32_t cpu);
void model_close_threads(struct model *model);

#endif
