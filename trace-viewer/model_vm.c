/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* VMs by their addresses, and their vCPUs. */
#include "trace-viewer/model_vm.h"

#include <stdlib.h>

struct vm *vm_alloc(uint32_t number, uint64_t pointer)
{
	struct vm *vm = calloc(1, sizeof(*vm));

	if (!vm)
		return NULL;
	vm->number = number;
	vm->pointer = pointer;
	vm->root = node_new(NODE_ROOT, 0);
	if (!vm->root) {
		free(vm);
		return NULL;
	}
	vm->root->vm = vm;
	return vm;
}

void vm_free(struct vm *vm)
{
	struct vcpu *vcpu, *vcpu_next;
	struct mix_row *row, *row_next;

	if (!vm)
		return;
	for (vcpu = vm->vcpus; vcpu; vcpu = vcpu_next) {
		vcpu_next = vcpu->next;
		for (row = vcpu->rows; row; row = row_next) {
			row_next = row->next;
			hist_release(&row->costs);
			free(row);
		}
		free(vcpu);
	}
	node_free(vm->root);
	free(vm);
}

struct vm *model_vm_new(struct model *model, uint64_t pointer)
{
	struct vm *vm;

	if (model->vm_cnt == MODEL_VMS_MAX)
		return model->vms[0];
	vm = vm_alloc(model->vm_cnt + 1, pointer);
	if (!vm)
		return model->vms[0];
	model->vms[++model->vm_cnt] = vm;
	return vm;
}

struct vm *model_vm(struct model *model, uint64_t pointer)
{
	for (uint32_t i = model->vm_cnt; i; i--)
		if (model->vms[i]->pointer == pointer)
			return model->vms[i];
	return NULL;
}

struct vcpu *vm_vcpu(struct vm *vm, int32_t id)
{
	struct vcpu **at = &vm->vcpus, *vcpu;

	while (*at && (*at)->id < id)
		at = &(*at)->next;
	if (*at && (*at)->id == id)
		return *at;
	/* KVM has no more than 4096; whatever a file says, there are no more here */
	if (vm->vcpu_cnt >= 4096)
		return vm->vcpus;
	vcpu = calloc(1, sizeof(*vcpu));
	if (!vcpu)
		return NULL;
	vcpu->id = id;
	vcpu->last_user_reason = -1;
	vcpu->next = *at;
	*at = vcpu;
	vm->vcpu_cnt++;
	return vcpu;
}

bool vm_counter(const struct vm *vm, uint64_t *counter)
{
	*counter = 0;
	for (const struct vcpu *vcpu = vm->vcpus; vcpu; vcpu = vcpu->next) {
		if (!vcpu->has_counter)
			return false;
		*counter += vcpu->counter;
	}
	return vm->vcpus != NULL;
}
