/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Loads and attaches live.bpf.c, and reads its maps. */
#include "bpf/live_kernel.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/in_effect.h"
#include "bpf/kernel_btf.h"
#include "bpf/live_programs.h"
#include "bpf/live_table.h"
#include "bpf/probe_event.h"
#include "bpf/tracefs.h"
#include "bpf/live.skel.h"

struct live_kernel {
	struct live_bpf *skel;
	struct tracepoints tracepoints;
	struct live_slot *slots;
	size_t slots_sz;
	struct live_programs programs;
	struct bpf_link *entry_link, *exit_link, *destroy_link;
	struct bpf_link *detail_links[LIVE_DETAIL_CNT];
};

/* The tracepoint that tells of each kind of detail, and the program on it. */
static const struct {
	enum tp_event event;
	const char *program;
} detail_rows[LIVE_DETAIL_CNT] = {
	[LIVE_PORT] = { TPE_kvm_pio, "live_kvm_pio" },
	[LIVE_MMIO] = { TPE_kvm_mmio, "live_kvm_mmio" },
	[LIVE_MSR] = { TPE_kvm_msr, "live_kvm_msr" },
	[LIVE_CPUID] = { TPE_kvm_cpuid, "live_kvm_cpuid" },
	[LIVE_PAGE] = { TPE_kvm_page_fault, "live_kvm_page_fault" },
};

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

static int refuse(char *why, size_t why_sz, int err, const char *what, const char *remedy)
{
	snprintf(why, why_sz, "%s: %s; %s", what, strerror(-err), remedy);
	return err;
}

static int load(struct live_kernel *k, pid_t tgid, uint32_t slot_cnt, enum destroy_rung rung)
{
	struct live_bpf *skel;
	int err;

	k->skel = skel = live_bpf__open();
	if (!skel)
		return -errno;
	kernel_btf_modules_try(skel->progs.live_destroy);
	live_programs_choose(&k->programs, skel, rung);
	skel->rodata->slot_mask = slot_cnt - 1;
	skel->rodata->wanted_tgid = (__u32)tgid;
	for (uint64_t step = 0; step < LIVE_STEP_CNT; step++)
		*(__u8 *)&skel->rodata->buckets[step] = (__u8)live_bucket_of(step << LIVE_NS_SHIFT);
	memcpy((void *)skel->rodata->tp_places, k->tracepoints.places, sizeof(k->tracepoints.places));
	err = bpf_map__set_max_entries(skel->maps.slots, slot_cnt);
	if (!err)
		err = bpf_map__set_max_entries(skel->maps.claims, slot_cnt);
	if (!err)
		err = live_bpf__load(skel);
	if (err) {
		live_bpf__destroy(skel);
		k->skel = NULL;
	}
	return err;
}

static int slots_map(struct live_kernel *k, uint32_t slot_cnt)
{
	void *at;

	k->slots_sz = (size_t)slot_cnt * sizeof(struct live_slot);
	at = mmap(NULL, k->slots_sz, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(k->skel->maps.slots), 0);
	if (at == MAP_FAILED)
		return -errno;
	k->slots = at;
	return 0;
}

static int attach(struct live_kernel *k)
{
	const struct {
		struct bpf_link **link;
		struct bpf_program *program;
	} rows[] = {
		/* whoever is counted must be seen to go, where that can be seen */
		{ &k->destroy_link, k->programs.destroy },
		{ &k->entry_link, k->programs.entry },
		{ &k->exit_link, k->programs.exit },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!rows[i].program)
			continue;
		*rows[i].link = program_attach(rows[i].program);
		if (!*rows[i].link)
			return -errno;
	}
	return 0;
}

static void detach(struct live_kernel *k)
{
	bpf_link__destroy(k->exit_link);
	bpf_link__destroy(k->entry_link);
	bpf_link__destroy(k->destroy_link);
	k->exit_link = k->entry_link = k->destroy_link = NULL;
}

/* Counts with the best way to see vCPUs end that works here. */
static int begin(struct live_kernel *k, pid_t tgid, uint32_t slot_cnt)
{
	int err = -ENOTSUP;

	for (enum destroy_rung rung = BY_FENTRY; err && rung <= UNSEEN; rung++) {
		err = load(k, tgid, slot_cnt, rung);
		if (err)
			continue;
		err = attach(k);
		if (!err && rung == BY_FENTRY && !in_effect_is_called("kvm_arch_vcpu_destroy"))
			err = -ENOENT;
		if (!err)
			break;
		detach(k);
		live_bpf__destroy(k->skel);
		k->skel = NULL;
	}
	return err ? err : slots_map(k, slot_cnt);
}

int live_kernel_begin(struct live_kernel **out, pid_t tgid, uint32_t slot_cnt, char *why, size_t why_sz)
{
	struct live_kernel *k = calloc(1, sizeof(*k));
	int err;

	*out = NULL;
	if (!k)
		return refuse(why, why_sz, -ENOMEM, "counting exits", "end what uses the memory");
	libbpf_set_print(quiet);
	err = tracefs_read(&k->tracepoints);
	if (err) {
		refuse(why, why_sz, err, "reading tracefs", "`kvmtree doctor` says what is missing");
		goto failed;
	}
	err = begin(k, tgid, slot_cnt);
	if (err) {
		refuse(why, why_sz, err, "counting exits in the kernel", "`kvmtree doctor` says what is missing");
		goto failed;
	}
	*out = k;
	return 0;
failed:
	live_kernel_end(k);
	return err;
}

void live_kernel_end(struct live_kernel *k)
{
	if (!k)
		return;
	live_kernel_set_details(k, false);
	detach(k);
	if (k->slots)
		munmap(k->slots, k->slots_sz);
	live_bpf__destroy(k->skel);
	free(k);
}

const struct live_slot *live_kernel_slots(const struct live_kernel *k)
{
	return k->slots;
}

bool live_kernel_sees_end(const struct live_kernel *k)
{
	return k->programs.destroy != NULL;
}

void live_kernel_slot_free(struct live_kernel *k, uint32_t index)
{
	/* the claim goes last: until then nobody else takes the slot */
	memset(&k->slots[index], 0, sizeof(k->slots[index]));
	bpf_map__delete_elem(k->skel->maps.claims, &index, sizeof(index), 0);
}

int live_kernel_set_details(struct live_kernel *k, bool is_on)
{
	for (int kind = 0; kind < LIVE_DETAIL_CNT; kind++) {
		struct bpf_link **link = &k->detail_links[kind];

		if (!is_on) {
			bpf_link__destroy(*link);
			*link = NULL;
		} else if (!*link && k->tracepoints.is_there[detail_rows[kind].event]) {
			*link = program_attach(bpf_object__find_program_by_name(
				k->skel->obj, detail_rows[kind].program));
			if (!*link)
				return -errno;
		}
	}
	return 0;
}

/* By batches: a walk from key to key begins again when the key that it is at goes. */
int live_kernel_details(const struct live_kernel *k,
			bool (*fn)(const struct live_detail *detail, uint64_t cnt, void *arg), void *arg)
{
	struct {
		struct live_detail keys[LIVE_DETAILS_MAX];
		__u64 cnts[LIVE_DETAILS_MAX];
	} *batch = malloc(sizeof(*batch));
	int fd = bpf_map__fd(k->skel->maps.details), err = 0;
	__u32 place, *from = NULL;

	if (!batch)
		return -ENOMEM;
	while (!err) {
		__u32 cnt = LIVE_DETAILS_MAX;

		err = bpf_map_lookup_batch(fd, from, &place, batch->keys, batch->cnts, &cnt, NULL);
		from = &place;
		/* -ENOENT: these are the last */
		for (__u32 i = 0; (!err || err == -ENOENT) && i < cnt; i++)
			if (!fn(&batch->keys[i], batch->cnts[i], arg))
				err = -ENOMEM;
	}
	free(batch);
	return err == -ENOENT ? 0 : err;
}

uint64_t live_kernel_unplaced(const struct live_kernel *k)
{
	int cpu_cnt = libbpf_num_possible_cpus();
	__u64 *each = cpu_cnt > 0 ? calloc((size_t)cpu_cnt, sizeof(*each)) : NULL, sum = 0;
	__u32 zero = 0;

	if (each && !bpf_map__lookup_elem(k->skel->maps.unplaced, &zero, sizeof(zero), each,
					  (size_t)cpu_cnt * sizeof(*each), 0))
		for (int i = 0; i < cpu_cnt; i++)
			sum += each[i];
	free(each);
	return sum;
}
