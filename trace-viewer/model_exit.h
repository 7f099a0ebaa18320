/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What happens inside KVM_RUN: entries, exits, and what is told of an exit. */
#ifndef KVMTREE_MODEL_EXIT_H
#define KVMTREE_MODEL_EXIT_H

#include "trace-viewer/model_thread.h"

void model_on_entry(struct model *model, struct thread *t, const union record *rec);
void model_on_exit(struct model *model, struct thread *t, const union record *rec);
void model_on_userspace_exit(struct model *model, struct thread *t, const union record *rec);
void model_on_detail(struct model *model, struct thread *t, const union record *rec);
/* An interrupt or a wait: a line of its own. */
void model_on_note(struct model *model, struct thread *t, const union record *rec);
/* What the VMM said to the last exit. */
void model_on_answer(struct model *model, struct thread *t, const union record *rec);
void model_on_page_fault(struct model *model, struct thread *t, const union record *rec);

/* Is it a function that KVM calls to serve an exit, and that begins before the exit is told of? */
bool model_serves_exit(const struct node *node);

/* Closes the frames of the kernel that are open. */
void model_unwind_kernel(struct model *model, struct thread *t, uint64_t now_ns);

#endif
