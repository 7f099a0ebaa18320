/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Loads the function programs once per function: an fentry program is bound to one at load time. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/control.h"
#include "bpf/func_programs.h"
#include "bpf/probe_misses.h"

#define ENOTSUPP 524 /* the kernel's own, in none of its headers for user space */

/* Descriptors of a probe and its program; none of a program that is a pattern itself. */
struct func_link {
	int link, program;
	uint32_t func; /* or FUNC_MANY */
};

#define FUNC_MANY UINT32_MAX

struct func_programs {
	struct func_patterns patterns;
	struct func_link *links;
	size_t link_cnt, link_room;
};

struct func_programs *func_programs_new(const struct func_patterns *patterns)
{
	struct func_programs *funcs = calloc(1, sizeof(*funcs));

	if (funcs)
		funcs->patterns = *patterns;
	return funcs;
}

static void link_close(const struct func_link *link)
{
	close(link->link);
	if (link->program >= 0)
		close(link->program);
}

void func_programs_free(struct func_programs *funcs)
{
	if (!funcs)
		return;
	for (size_t i = 0; i < funcs->link_cnt; i++)
		link_close(&funcs->links[i]);
	free(funcs->links);
	free(funcs);
}

static int links_reserve(struct func_programs *funcs, size_t cnt)
{
	size_t room = funcs->link_room ? 2 * funcs->link_room : 256;
	struct func_link *links;

	if (funcs->link_cnt + cnt <= funcs->link_room)
		return 0;
	links = realloc(funcs->links, room * sizeof(*links));
	if (!links)
		return -ENOMEM;
	funcs->links = links;
	funcs->link_room = room;
	return 0;
}

/* A copy of the pattern with the function's id where the mark stands. Returns a program or -errno. */
static int copy_load(const struct bpf_program *pattern, uint32_t id, struct bpf_prog_load_opts *opts)
{
	size_t insn_cnt = bpf_program__insn_cnt(pattern);
	struct bpf_insn *insns = malloc(insn_cnt * sizeof(*insns));
	int prog;

	if (!insns)
		return -ENOMEM;
	memcpy(insns, bpf_program__insns(pattern), insn_cnt * sizeof(*insns));
	for (size_t i = 0; i < insn_cnt; i++)
		if (insns[i].imm == FUNC_ID_MARK)
			insns[i].imm = (__s32)id;
	opts->sz = sizeof(*opts);
	opts->expected_attach_type = bpf_program__expected_attach_type(pattern);
	prog = bpf_prog_load(bpf_program__type(pattern), "kvmtree_func", "Dual BSD/GPL", insns,
			     insn_cnt, opts);
	if (prog < 0)
		prog = -errno;
	free(insns);
	return prog;
}

/* Fills in the probe and its program. Returns 0 or -errno. */
static int copy_attach(struct func_programs *funcs, const struct plan_func *func, uint32_t id,
		       const struct probe_place *place, bool is_return, struct func_link *out)
{
	const struct func_patterns *patterns = &funcs->patterns;
	struct bpf_prog_load_opts opts = { 0 };
	int prog, link;

	if (func->rung == RUNG_KPROBE && patterns->cookie) {
		link = probe_event_open_cookie(
			place, is_return,
			bpf_program__fd(is_return ? patterns->retcookie : patterns->cookie), id);
		if (link < 0)
			return link;
		*out = (struct func_link){ .link = link, .program = -1, .func = id };
		return 0;
	}
	if (func->rung == RUNG_FENTRY) {
		opts.attach_btf_id = (__u32)func->kernel.type_id;
		/* A zero descriptor means vmlinux to the kernel. */
		if (func->kernel.part->fd)
			opts.attach_btf_obj_fd = (__u32)func->kernel.part->fd;
		prog = copy_load(is_return ? patterns->fexit : patterns->fentry, id, &opts);
	} else {
		prog = copy_load(is_return ? patterns->retprobe : patterns->probe, id, &opts);
	}
	if (prog < 0)
		return prog;
	if (func->rung == RUNG_FENTRY) {
		link = bpf_raw_tracepoint_open(NULL, prog);
		link = link < 0 ? -errno : link;
	} else {
		link = probe_event_open(place, is_return, prog);
	}
	if (link < 0) {
		close(prog);
		return link;
	}
	*out = (struct func_link){ .link = link, .program = prog, .func = id };
	return 0;
}

static void refused_note(struct plan_func *func, int err)
{
	snprintf(func->note, sizeof(func->note), "the kernel refused %s: %s",
		 plan_rung_names[func->rung],
		 err == -ENOTSUPP ? "it cannot probe its first instruction" : strerror(-err));
	func->rung = RUNG_MISSING;
	func->is_refused = true;
}

int func_programs_attach(struct func_programs *funcs, struct plan_func *func, uint32_t id,
			 const struct probe_place *place)
{
	struct probe_place symbol = { .name = func->symbol, .address = func->address };
	/* First the exit: a call under way then has at most an end without a beginning. */
	static const bool is_return[] = { true, false };
	size_t cnt_before = funcs->link_cnt;
	int err = links_reserve(funcs, 2);

	for (int i = place && place->is_entry_only; !err && i < 2; i++) {
		err = copy_attach(funcs, func, id, place ? place : &symbol, is_return[i],
				  &funcs->links[funcs->link_cnt]);
		funcs->link_cnt += !err;
	}
	if (!err)
		return 0;
	while (funcs->link_cnt > cnt_before)
		link_close(&funcs->links[--funcs->link_cnt]);
	refused_note(func, err);
	return err;
}

/* What is attached to at once: addresses, and as cookies the ids of the rows. */
struct multi {
	unsigned long *addresses;
	__u64 *cookies;
};

static int multi_link(const struct bpf_program *program, const struct multi *multi, size_t first,
		      size_t cnt, bool is_return)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.addrs = multi->addresses + first,
		    .kprobe_multi.cookies = multi->cookies + first, .kprobe_multi.cnt = (__u32)cnt,
		    .kprobe_multi.flags = is_return ? BPF_F_KPROBE_MULTI_RETURN : 0);
	int link = bpf_link_create(bpf_program__fd(program), 0, BPF_TRACE_KPROBE_MULTI, &opts);

	return link < 0 ? -errno : link;
}

/* Entry and return, or neither. Returns 0 or -errno. */
static int multi_attach_range(struct func_programs *funcs, const struct multi *multi, size_t first,
			      size_t cnt)
{
	int err = links_reserve(funcs, 2), ends, begins;

	if (err)
		return err;
	ends = multi_link(funcs->patterns.retmulti, multi, first, cnt, true);
	if (ends < 0)
		return ends;
	begins = multi_link(funcs->patterns.multi, multi, first, cnt, false);
	if (begins < 0) {
		close(ends);
		return begins;
	}
	funcs->links[funcs->link_cnt++] = (struct func_link){ ends, -1, FUNC_MANY };
	funcs->links[funcs->link_cnt++] = (struct func_link){ begins, -1, FUNC_MANY };
	return 0;
}

/*
 * One function that the kernel does not take fails all; Linux 6.7 to 6.11 fail with ENOMEM when there
 * are hundreds (aff1871bfc81): so what fails is tried again by halves.
 */
static void multi_attach(struct func_programs *funcs, struct plan *plan, const struct multi *multi,
			 size_t first, size_t cnt)
{
	int err = multi_attach_range(funcs, multi, first, cnt);

	if (err && cnt > 1) {
		multi_attach(funcs, plan, multi, first, cnt / 2);
		multi_attach(funcs, plan, multi, first + cnt / 2, cnt - cnt / 2);
	} else if (err) {
		refused_note(&plan->funcs[multi->cookies[first]], err);
	}
}

int func_programs_attach_multi(struct func_programs *funcs, struct plan *plan)
{
	struct multi multi = {
		.addresses = calloc(plan->func_cnt, sizeof(*multi.addresses)),
		.cookies = calloc(plan->func_cnt, sizeof(*multi.cookies)),
	};
	int err = multi.addresses && multi.cookies ? 0 : -ENOMEM;
	size_t cnt = 0;

	for (uint32_t id = 0; !err && id < plan->func_cnt; id++) {
		if (plan->funcs[id].rung != RUNG_KPROBE_MULTI)
			continue;
		multi.addresses[cnt] = plan->funcs[id].address;
		multi.cookies[cnt++] = id;
	}
	if (cnt)
		multi_attach(funcs, plan, &multi, 0, cnt);
	free(multi.addresses);
	free(multi.cookies);
	return err;
}

void func_programs_misses(const struct func_programs *funcs, const struct plan *plan,
			  programs_miss_fn *fn, void *context)
{
	for (size_t i = 0; i < funcs->link_cnt; i++) {
		const struct func_link *link = &funcs->links[i];
		uint64_t missed = link_misses(link->link);

		if (link->program >= 0)
			missed += program_misses(link->program);
		if (missed)
			fn(context, link->func == FUNC_MANY ? "kprobe.multi" : plan->funcs[link->func].symbol,
			   missed);
	}
}
