/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The VMs of a model. Only the model uses this. */
#ifndef KVMTREE_MODEL_VM_H
#define KVMTREE_MODEL_VM_H

#include "trace-viewer/model.h"

/* A VM of no model yet, with a root; NULL: no memory. */
struct vm *vm_alloc(uint32_t number, uint64_t pointer);
void vm_free(struct vm *vm);

/* Never NULL: beyond MODEL_VMS_MAX all are number 0. */
struct vm *model_vm_new(struct model *model, uint64_t pointer);
/* The newest VM at this address, or NULL. */
struct vm *model_vm(struct model *model, uint64_t pointer);

#endif
