/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the records of ioctls do to the model. */
#ifndef KVMTREE_MODEL_IOCTL_H
#define KVMTREE_MODEL_IOCTL_H

#include "trace-viewer/model_thread.h"

void model_on_ioctl_enter(struct model *model, struct thread *t, const union record *rec);
void model_on_ioctl_exit(struct model *model, struct thread *t, const union record *rec);
/* Bytes of the structure that it was called with, and more of them. */
void model_on_ioctl_data(struct model *model, struct thread *t, const union record *rec);
void model_on_ioctl_more(struct model *model, struct thread *t, const union record *rec);

/* The VM behind a pointer that thread t works with: made if need be, or if is_new says that it is another one. */
struct vm *model_vm_of(struct model *model, struct thread *t, uint64_t pointer, bool is_new);

#endif
