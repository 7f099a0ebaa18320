/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Frames of ioctls, and the VMs that they work with. */
#include "trace-viewer/model_ioctl.h"

#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/model_frame.h"
#include "trace-viewer/model_func.h"
#include "trace-viewer/model_part.h"
#include "trace-viewer/model_vm.h"

struct vm *model_vm_of(struct model *model, struct thread *t, uint64_t pointer, bool is_new)
{
	struct vm *vm = model_vm(model, pointer);

	if (!vm || is_new || vm->is_destroyed) {
		vm = model_vm_new(model, pointer);
		vm->tgid = t->tgid;
		vm->is_creation_seen = is_new;
		if (vm->number)
			memcpy(vm->comm, t->comm, sizeof(vm->comm));
	}
	t->vm = vm;
	return vm;
}

void model_on_ioctl_enter(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_ioctl_enter *r = &rec->ioctl_enter;
	struct node *node = node_new(NODE_IOCTL, r->header.time_ns);
	struct node_ioctl *io = NODE_AS(ioctl, node);
	struct vm *vm = NULL;

	if (!node)
		return;
	/* a system call begins in user space: no kernel frame is open */
	model_unwind_kernel(model, t, r->header.time_ns);
	io->func = model_func(model, r->func);
	io->cmd = r->cmd;
	io->arg = r->arg;
	io->user_reason = -1;
	if (r->vm)
		vm = model_vm_of(model, t, r->vm, false);
	if (!thread_push(model, t, node))
		return;
	if (vm) {
		node->vm = vm;
		node_set_vm(node->parent, vm);
	}
	if (r->vcpu_id >= 0 && r->vcpu_id < INT16_MAX) {
		t->vcpu_id = r->vcpu_id;
		node_set_vcpu(node, r->vcpu_id);
		if (vm)
			vm_vcpu(vm, r->vcpu_id); /* it is there, even if no exit of it comes */
	} else if (r->cmd == KVM_CREATE_VCPU && r->arg < INT16_MAX) {
		node_set_vcpu(node, (int32_t)r->arg);
	}
	if (r->cmd == KVM_RUN) {
		account_switch(t, false, r->header.time_ns);
		if (!t->first_run_ns)
			t->first_run_ns = r->header.time_ns;
	}
	thread_tell_open(model, t);
}

void model_on_ioctl_exit(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_ioctl_exit *r = &rec->ioctl_exit;
	struct node_ioctl *io = NULL;
	uint32_t depth = t->depth;

	while (depth) {
		io = NODE_AS(ioctl, t->stack[--depth]);
		if (io->node.kind == NODE_IOCTL)
			break;
		io = NULL;
	}
	if (!io || io->cmd != r->cmd) {
		struct node *node = node_new(NODE_IOCTL, r->header.time_ns);

		model_unwind_kernel(model, t, r->header.time_ns);
		if (!node)
			return;
		node->flags |= NODE_BEGIN_UNSEEN;
		io = NODE_AS(ioctl, node);
		io->cmd = r->cmd;
		io->func = model_func(model, r->func);
		io->user_reason = -1;
		io->result = r->result;
		thread_leaf(model, t, node);
		return;
	}
	thread_unwind(model, t, depth + 1, r->header.time_ns);
	io->result = r->result;
	if (io->cmd == KVM_RUN)
		account_switch(t, true, r->header.time_ns);
	if (io->cmd == KVM_CREATE_VCPU && r->result >= 0 && io->node.vm && io->node.vcpu >= 0)
		vm_vcpu(io->node.vm, io->node.vcpu);
	thread_pop(model, t, r->header.time_ns, 0);
}

/* Bytes of the structure, from the first on, in order; what is told twice was changed by KVM. */
static void data_take(struct node_ioctl *io, uint32_t offset, const unsigned char *data, uint32_t sz)
{
	uint32_t room = offset + REC_IOCTL_MORE_MAX;

	if (!sz || offset > io->data_sz || offset + sz > REC_IOCTL_ALL_MAX)
		return;
	if (room > io->data_room) {
		uint8_t *more = realloc(io->data, room);

		if (!more)
			return;
		memset(more + io->data_room, 0, room - io->data_room);
		io->data = more;
		io->data_room = room;
	}
	memcpy(io->data + offset, data, sz);
	if (offset + sz > io->data_sz)
		io->data_sz = offset + sz;
}

void model_on_ioctl_data(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_ioctl_data *r = &rec->ioctl_data;
	struct node_ioctl *io = thread_ioctl(t);

	(void)model;
	if (io && io->cmd == r->cmd)
		data_take(io, 0, r->data,
			  r->data_sz < REC_IOCTL_DATA_MAX ? r->data_sz : REC_IOCTL_DATA_MAX);
}

void model_on_ioctl_more(struct model *model, struct thread *t, const union record *rec)
{
	const struct rec_ioctl_more *r = &rec->ioctl_more;
	struct node_ioctl *io = thread_ioctl(t);

	(void)model;
	if (io && io->cmd == r->cmd)
		data_take(io, r->offset, r->data,
			  r->data_sz < REC_IOCTL_MORE_MAX ? r->data_sz : REC_IOCTL_MORE_MAX);
}
