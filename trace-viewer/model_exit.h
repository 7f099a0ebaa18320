/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What happens inside KVM_RUN: entries and exits. */
#ifndef KVMTREE_MODEL_EXIT_H
#define KVMTREE_MODEL_EXIT_H

#include "trace-viewer/model_thread.h"

void model_on_entry(struct model *model, struct thread *t, const union record *rec);
void model_on_exit(struct model *model, struct thread *t, const union record *rec);
void model_on_userspace_exit(struct model *model, struct thread *t, const union record *rec);

/* Is it a function that KVM calls to serve an exit, and that begins before the exit is told of? */
bool model_serves_exit(const struct node *node);

#endif
