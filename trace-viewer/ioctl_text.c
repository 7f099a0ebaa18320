/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Names, arguments and results of KVM's ioctls. */
#include "trace-viewer/ioctl_text.h"

#include <linux/kvm.h>
#include <string.h>

#include "trace-viewer/kb.h"

#define ERRNO_MAX 4095

void ioctl_add_name(struct text *t, uint32_t cmd)
{
	const char *name = kb_ioctl_name(cmd);

	if (name)
		text_add(t, "%s", name);
	else
		text_add(t, "0x%08x", cmd);
}

static void add_bytes(struct text *t, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t unit = 0;

	while (unit + 1 < sizeof(units) / sizeof(units[0]) && bytes && !(bytes & 1023)) {
		bytes >>= 10;
		unit++;
	}
	text_add(t, "%llu %s", (unsigned long long)bytes, units[unit]);
}

static void add_memory_region(struct text *t, const struct node_ioctl *io)
{
	struct kvm_userspace_memory_region r;

	memcpy(&r, io->data, sizeof(r));
	text_add(t, " slot=%u gpa=0x%llx size=", r.slot, (unsigned long long)r.guest_phys_addr);
	add_bytes(t, r.memory_size);
	if (r.flags & KVM_MEM_LOG_DIRTY_PAGES)
		text_add(t, " log-dirty");
	if (r.flags & KVM_MEM_READONLY)
		text_add(t, " read-only");
	if (r.flags & ~(__u32)(KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY))
		text_add(t, " flags=0x%x", r.flags);
}

static void add_irq_line(struct text *t, const struct node_ioctl *io)
{
	struct kvm_irq_level level;

	memcpy(&level, io->data, sizeof(level));
	text_add(t, " irq=%u level=%u", level.irq, level.level);
}

static void add_capability(struct text *t, uint64_t cap)
{
	const char *name = kb_capability_name(cap);

	if (name)
		text_add(t, " %s", name);
	else
		text_add(t, " %llu", (unsigned long long)cap);
}

static void add_enable_cap(struct text *t, const struct node_ioctl *io)
{
	struct kvm_enable_cap cap;

	/* the record holds the first bytes only, and these are enough */
	memset(&cap, 0, sizeof(cap));
	memcpy(&cap, io->data, io->data_sz < sizeof(cap) ? io->data_sz : sizeof(cap));
	add_capability(t, cap.cap);
}

static void add_u64(struct text *t, const struct node_ioctl *io)
{
	uint64_t value;

	memcpy(&value, io->data, sizeof(value));
	text_add(t, " 0x%llx", (unsigned long long)value);
}

struct data_arg {
	enum kb_arg arg;
	uint32_t size;
	void (*add)(struct text *t, const struct node_ioctl *io);
};

static const struct data_arg data_args[] = {
	{ KB_ARG_MEMORY_REGION, sizeof(struct kvm_userspace_memory_region), add_memory_region },
	{ KB_ARG_IRQ_LINE, sizeof(struct kvm_irq_level), add_irq_line },
	{ KB_ARG_ENABLE_CAP, 4, add_enable_cap },
	{ KB_ARG_U64, 8, add_u64 },
};

static bool add_data(struct text *t, const struct node_ioctl *io, enum kb_arg arg)
{
	for (size_t i = 0; i < sizeof(data_args) / sizeof(data_args[0]); i++) {
		if (data_args[i].arg != arg || !io->data || io->data_sz < data_args[i].size)
			continue;
		data_args[i].add(t, io);
		return true;
	}
	return false;
}

void ioctl_add_args(struct text *t, const struct node_ioctl *io)
{
	const struct kb_ioctl *row = kb_ioctl(io->cmd);
	enum kb_arg arg = row ? row->arg : KB_ARG_UNKNOWN;

	if (io->node.flags & NODE_BEGIN_UNSEEN || add_data(t, io, arg))
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
