/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Signatures: equal for subtrees that a reader would call the same. */
#include <linux/kvm.h>

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/fold.h"

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash ^= value + 0x9e3779b97f4a7c15ull + (hash << 12) + (hash >> 4);
	hash ^= hash >> 31;
	return hash * 0xd6e8feb86659fd93ull;
}

/* ioctls whose argument is a value that tells one call from another. */
static bool has_telling_arg(uint32_t cmd)
{
	return cmd == KVM_CREATE_VCPU || cmd == KVM_CREATE_VM || cmd == KVM_SET_TSS_ADDR ||
	       cmd == KVM_SET_TSC_KHZ || cmd == KVM_SET_BOOT_CPU_ID;
}

static uint64_t ioctl_key(const struct node_ioctl *io)
{
	uint64_t key = mix(io->cmd, io->func ? io->func->id : 0);

	if (has_telling_arg(io->cmd))
		key = mix(key, io->arg);
	if (io->cmd == KVM_RUN)
		key = mix(key, (uint64_t)io->user_reason);
	/* each slot of the guest's memory is a sight of its own */
	if (io->cmd == KVM_SET_USER_MEMORY_REGION && io->data)
		for (uint32_t i = 0; i < io->data_sz; i++)
			key = mix(key, io->data[i]);
	return mix(key, io->result < 0 ? (uint64_t)io->result : 0);
}

static uint64_t detail_key(const struct exit_detail *d)
{
	return mix(mix(mix(d->kind, d->index), d->addr), d->is_write);
}

static uint64_t inject_key(const struct inject *inject)
{
	return inject->is_there ? mix(inject->type + 1, inject->vector) : 0;
}

static uint64_t own_key(const struct node *node)
{
	switch (node->kind) {
	case NODE_IOCTL:
		return ioctl_key(NODE_AS_CONST(ioctl, node));
	case NODE_FUNC:
		return NODE_AS_CONST(func, node)->func_id;
	case NODE_EXIT:
		return exit_key(NODE_AS_CONST(exit, node));
	case NODE_GUEST:
		return inject_key(&NODE_AS_CONST(guest, node)->inject);
	case NODE_DETAIL:
	case NODE_NOTE:
		return detail_key(&NODE_AS_CONST(detail, node)->detail);
	case NODE_GROUP:
		return NODE_AS_CONST(group, node)->period;
	default:
		return 0;
	}
}

void node_sign(struct node *node)
{
	const uint8_t telling = NODE_END_UNSEEN | NODE_BEGIN_UNSEEN;
	uint64_t sig = mix(mix(node->kind, own_key(node)), node->flags & telling);

	for (const struct node *child = node->first; child; child = child->next) {
		if (child->kind == NODE_MIX) {
			sig = mix(sig, NODE_MIX);
			continue;
		}
		sig = mix(sig, child->sig);
		node->flags |= child->flags & NODE_IS_UNIQUE;
	}
	node->sig = sig;
}
