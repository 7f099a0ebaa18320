/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What is told of an exit, and of interrupts and waits. */
#ifndef KVMTREE_MODEL_DETAIL_H
#define KVMTREE_MODEL_DETAIL_H

#include "trace-viewer/model_thread.h"

void model_on_detail(struct model *model, struct thread *t, const union record *rec);
/* An interrupt or a wait: a line of its own. */
void model_on_note(struct model *model, struct thread *t, const union record *rec);
/* What the VMM said to the last exit. */
void model_on_answer(struct model *model, struct thread *t, const union record *rec);
void model_on_page_fault(struct model *model, struct thread *t, const union record *rec);

#endif
