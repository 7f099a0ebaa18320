/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the next entry puts into the guest: told by KVM's tracepoints, of NMIs by its functions alone. */
#ifndef KVMTREE_MODEL_INJECT_H
#define KVMTREE_MODEL_INJECT_H

#include "trace-viewer/model_thread.h"

void model_on_inject(struct model *model, struct thread *t, const union record *rec);

/* A function begins: is it the one that injects NMIs? */
void model_inject_begin(struct thread *t, const struct func_row *func);
/* It ends: has it given the processor an NMI, to inject when the guest can take it? */
void model_inject_end(struct thread *t, const struct func_row *func, int64_t result);

#endif
