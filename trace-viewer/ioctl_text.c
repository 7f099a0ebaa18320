/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Names, arguments and results of KVM's ioctls. */
#include "trace-viewer/ioctl_text.h"

#include <linux/kvm.h>
#include <string.h>

#include "trace-viewer/ioctl_data.h"
#include "trace-viewer/kb.h"

#define ERRNO_MAX 4095

void ioctl_add_name(struct text *t, uint32_t cmd)
{
	const char *name = kb_ioctl_name(cmd);

	if (name)
		text_put(t, name);
	else
		text_add(t, "0x%08x", cmd);
}

static void add_capability(struct text *t, uint64_t cap)
{
	const char *name = kb_capability_name(cap);

	if (name)
		text_add(t, " %s", name);
	else
		text_add(t, " %llu", (unsigned long long)cap);
}

void ioctl_add_args(struct text *t, const struct node_ioctl *io)
{
	const struct kb_ioctl *row = kb_ioctl(io->cmd);
	enum kb_arg arg = row ? row->arg : KB_ARG_UNKNOWN;

	if (io->node.flags & NODE_BEGIN_UNSEEN || ioctl_data_add(t, io))
		return;
	switch (arg) {
	case KB_ARG_VM_TYPE:
		text_add(t, " type=%llu", (unsigned long long)io->arg);
		break;
	case KB_ARG_VCPU_ID:
		text_add(t, " id=%llu", (unsigned long long)io->arg);
		break;
	case KB_ARG_CAPABILITY:
		add_capability(t, io->arg);
		break;
	case KB_ARG_ADDRESS:
		text_add(t, " 0x%llx", (unsigned long long)io->arg);
		break;
	case KB_ARG_VALUE:
		text_add(t, " %llu", (unsigned long long)io->arg);
		break;
	case KB_ARG_UNKNOWN:
		if (io->arg)
			text_add(t, " arg=0x%llx", (unsigned long long)io->arg);
		break;
	default: /* an address in the VMM's memory says nothing to a reader */
		break;
	}
}

void result_add(struct text *t, int64_t result)
{
	const char *name = result < 0 && result >= -ERRNO_MAX ? kb_errno_name((int)-result) : NULL;

	if (name)
		text_add(t, "-%s", name);
	else
		text_add(t, "%lld", (long long)result);
}

void ioctl_add_result(struct text *t, const struct node_ioctl *io)
{
	bool is_fd = io->cmd == KVM_CREATE_VM || io->cmd == KVM_CREATE_VCPU ||
		     io->cmd == KVM_GET_STATS_FD;

	if (io->node.flags & NODE_END_UNSEEN)
		return;
	if (is_fd && io->result >= 0)
		text_add(t, "fd %lld", (long long)io->result);
	else
		result_add(t, io->result);
}
