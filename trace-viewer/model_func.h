/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the records of functions do to the model. */
#ifndef KVMTREE_MODEL_FUNC_H
#define KVMTREE_MODEL_FUNC_H

#include "trace-viewer/model_thread.h"

void model_on_func_enter(struct model *model, struct thread *t, const union record *rec);
void model_on_func_exit(struct model *model, struct thread *t, const union record *rec);

/* Closes the frames of the kernel that are open although user space runs: their ends were not seen. */
void model_unwind_kernel(struct model *model, struct thread *t, uint64_t now_ns);

#endif
