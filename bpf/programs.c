/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What is told to the eBPF programs while they run, and asked of them. */
#include <errno.h>
#include <stdlib.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/func_programs.h"
#include "bpf/probe_misses.h"
#include "bpf/programs_parts.h"

void programs_hush(struct programs *programs)
{
	struct bpf_map *traced = programs->skel->maps.traced;
	__u32 key;

	programs->skel->bss->is_ending = true;
	while (!bpf_map__get_next_key(traced, NULL, &key, sizeof(key)))
		if (bpf_map__delete_elem(traced, &key, sizeof(key), 0))
			break;
	/* who has a slot is not looked up any more */
	for (int i = 0; i < SLOT_CNT; i++) {
		struct slot *slot = &programs->skel->bss->slots[i];

		if (slot->pid_tgid)
			slot->pid_tgid = 0;
	}
	/* It waits until all CPUs have left the programs that they are in: who got past the flag has
	 * written its record then. With one CPU there is nobody else, and it may fail. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

void programs_rounds_left(struct programs *programs, programs_rounds_fn *fn, void *context)
{
	for (int i = 0; i < SLOT_CNT; i++) {
		struct slot *slot = &programs->skel->bss->slots[i];
		struct ring_rounds *rounds = &slot->rounds;

		if (rounds->cnt)
			fn(context, rounds);
		if (slot->parts) {
			rounds->parts = slot->parts;
			rounds->cnt = 1;
			rounds->times[0] = slot->now;
			fn(context, rounds);
		}
		if (rounds->cnt)
			rounds->cnt = slot->parts = 0;
	}
}

/* The vCPU that the thread has run last is there still. */
static bool is_vcpu_there(const struct programs *programs, const struct slot *slot)
{
	__u64 met_ns = 0;

	return slot->based && slot->based == slot->vcpu &&
	       !bpf_map__lookup_elem(programs->skel->maps.vms, &slot->rounds.vm, sizeof(slot->rounds.vm),
				     &met_ns, sizeof(met_ns), 0) &&
	       met_ns && met_ns == slot->vm_met_ns;
}

void programs_counts_left(struct programs *programs, programs_count_fn *fn, void *context)
{
	for (int i = 0; i < SLOT_CNT; i++) {
		const struct slot *slot = &programs->skel->bss->slots[i];
		struct rec_vcpu_counter counter = {
			.header = slot->rounds.header,
			.vm = slot->rounds.vm,
			.exits = slot->entry_exits + slot->exits_since,
			.vcpu_id = (__u32)slot->rounds.vcpu_id,
			.is_alive = true,
		};

		if (is_vcpu_there(programs, slot))
			fn(context, &counter);
	}
}

int programs_trace(struct programs *programs, pid_t tgid)
{
	__u32 key = (__u32)tgid;
	__u8 how = TRACED_YES;

	return bpf_map__update_elem(programs->skel->maps.traced, &key, sizeof(key), &how,
				    sizeof(how), BPF_ANY);
}

void programs_trace_all(struct programs *programs)
{
	programs->skel->bss->wants_all = true;
}

void programs_refuse(struct programs *programs, pid_t tgid)
{
	__u32 key = (__u32)tgid;
	__u8 how = TRACED_REFUSED;

	/* it may have ended meanwhile */
	if (bpf_map__update_elem(programs->skel->maps.traced, &key, sizeof(key), &how, sizeof(how),
				 BPF_EXIST))
		return;
	for (int i = 0; i < SLOT_CNT; i++) {
		struct slot *slot = &programs->skel->bss->slots[i];

		if (slot->pid_tgid >> 32 == key)
			slot->mute = MUTE_PROCESS;
	}
}

bool programs_is_traced(const struct programs *programs, pid_t tgid)
{
	__u32 key = (__u32)tgid;
	__u8 one;

	return !bpf_map__lookup_elem(programs->skel->maps.traced, &key, sizeof(key), &one,
				     sizeof(one), 0);
}

int programs_ring_fd(const struct programs *programs)
{
	return bpf_map__fd(programs->skel->maps.ring);
}

void programs_cpu_losses(const struct programs *programs, programs_cpu_loss_fn *fn, void *context)
{
	int cpu_cnt = libbpf_num_possible_cpus();
	struct cpu_loss *each = cpu_cnt > 0 ? calloc((size_t)cpu_cnt, sizeof(*each)) : NULL;
	__u32 zero = 0;

	if (each && !bpf_map__lookup_elem(programs->skel->maps.loss, &zero, sizeof(zero), each,
					  (size_t)cpu_cnt * sizeof(*each), 0))
		for (int cpu = 0; cpu < cpu_cnt; cpu++)
			if (each[cpu].total)
				fn(context, cpu, &each[cpu]);
	free(each);
}

static void loss_add(void *context, int cpu, const struct cpu_loss *loss)
{
	(void)cpu;
	*(uint64_t *)context += loss->total;
}

uint64_t programs_lost(const struct programs *programs)
{
	uint64_t sum = 0;

	programs_cpu_losses(programs, loss_add, &sum);
	return sum;
}

void programs_misses(const struct programs *programs, const struct plan *plan, programs_miss_fn *fn,
		     void *context)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, programs->skel->obj) {
		uint64_t missed = bpf_program__fd(prog) < 0 ? 0 : program_misses(bpf_program__fd(prog));

		if (missed)
			fn(context, bpf_program__name(prog), missed);
	}
	for (size_t i = 0; i < FIXED_PROGRAM_CNT; i++) {
		const struct bpf_link *link = programs->fixed_links[i];
		uint64_t missed = link ? link_misses(bpf_link__fd(link)) : 0;

		if (missed)
			fn(context, fixed_programs[i].name, missed);
	}
	func_programs_misses(programs->funcs, plan, fn, context);
}
