/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From a round to the records that it stands for. */
#include "bpf/control.h"
#include "bpf/round_expand.h"

struct expansion {
	const struct ring_round *round;
	round_record_fn *fn;
	void *context;
};

/* The record's header is that of the round, with the kind, size and time of the part. */
static void part_give(const struct expansion *x, union record *rec, uint32_t kind, uint64_t time_ns)
{
	rec->header = x->round->header;
	rec->header.kind = kind;
	rec->header.size = record_kind(kind)->size;
	rec->header.time_ns = time_ns;
	x->fn(x->context, rec);
}

static void enter_give(const struct expansion *x)
{
	union record rec = { .ioctl_enter = {
		.vm = x->round->vm,
		.func = IOCTL_FUNC_VCPU,
		.cmd = KVM_RUN_CMD,
		.vcpu_id = x->round->vcpu_id,
	} };

	part_give(x, &rec, REC_ioctl_enter, x->round->enter_ns);
}

static void entry_give(const struct expansion *x)
{
	union record rec = { .kvm_entry = {
		.rip = x->round->entry_rip,
		.vcpu_id = (uint32_t)x->round->vcpu_id,
	} };

	part_give(x, &rec, REC_kvm_entry, x->round->entry_ns);
}

static void exit_give(const struct expansion *x)
{
	union record rec = { .kvm_exit = {
		.rip = x->round->exit_rip,
		.info1 = x->round->info1,
		.info2 = x->round->info2,
		.reason = x->round->reason,
		.isa = x->round->isa,
		.intr_info = x->round->intr_info,
		.error_code = x->round->error_code,
		.vcpu_id = (uint32_t)x->round->vcpu_id,
	} };

	part_give(x, &rec, REC_kvm_exit, x->round->exit_ns);
}

static void pio_give(const struct expansion *x)
{
	union record rec = { .kvm_pio = {
		.is_out = x->round->is_out,
		.port = x->round->port,
		.size = x->round->size,
		.count = x->round->count,
		.value = x->round->value,
	} };

	part_give(x, &rec, REC_kvm_pio,
		  x->round->parts & ROUND_EXIT ? x->round->exit_ns : x->round->enter_ns);
}

static void user_give(const struct expansion *x)
{
	union record rec = { .kvm_userspace_exit = {
		.reason = x->round->user_reason,
		.error = x->round->user_error,
	} };

	part_give(x, &rec, REC_kvm_userspace_exit, x->round->user_ns);
}

static void leave_give(const struct expansion *x)
{
	union record rec = { .ioctl_exit = {
		.result = x->round->result,
		.func = IOCTL_FUNC_VCPU,
		.cmd = KVM_RUN_CMD,
	} };

	part_give(x, &rec, REC_ioctl_exit, x->round->leave_ns);
}

void round_expand(const struct ring_round *round, round_record_fn *fn, void *context)
{
	static void (*const give[])(const struct expansion *x) = {
		enter_give, entry_give, exit_give, pio_give, user_give, leave_give,
	};
	const struct expansion x = { round, fn, context };

	for (unsigned int i = 0; i < sizeof(give) / sizeof(give[0]); i++)
		if (round->parts >> i & 1)
			give[i](&x);
}
