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

struct func_programs {
	struct func_patterns patterns;
	int *links; /* link descriptors */
	size_t link_cnt, link_room;
};

struct func_programs *func_programs_new(const struct func_patterns *patterns)
{
	struct func_programs *funcs = calloc(1, sizeof(*funcs));

	if (funcs)
		funcs->patterns = *patterns;
	return funcs;
}

void func_programs_free(struct func_programs *funcs)
{
	if (!funcs)
		return;
	for (size_t i = 0; i < funcs->link_cnt; i++)
		close(funcs->links[i]);
	free(funcs->links);
	free(funcs);
}

static int links_reserve(struct func_programs *funcs, size_t cnt)
{
	size_t room = funcs->link_room ? 2 * funcs->link_room : 256;
	int *links;

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

/* Returns a descriptor that holds the probe and its program, or -errno. */
static int copy_attach(struct func_programs *funcs, const struct plan_func *func, uint32_t id,
		       const struct probe_place *place, bool is_return)
{
	const struct func_patterns *patterns = &funcs->patterns;
	struct bpf_prog_load_opts opts = { 0 };
	int prog, link;

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
	close(prog);
	return link;
}

int func_programs_attach(struct func_programs *funcs, struct plan_func *func, uint32_t id,
			 const struct probe_place *place)
{
	struct probe_place symbol = { .name = func->symbol };
	/* First the exit: a call under way then has at most an end without a beginning. */
	static const bool is_return[] = { true, false };
	size_t cnt_before = funcs->link_cnt;
	int err = links_reserve(funcs, 2);

	for (int i = 0; !err && i < 2; i++) {
		int link = copy_attach(funcs, func, id, place ? place : &symbol, is_return[i]);

		if (link < 0)
			err = link;
		else
			funcs->links[funcs->link_cnt++] = link;
	}
	if (!err)
		return 0;
	while (funcs->link_cnt > cnt_before)
		close(funcs->links[--funcs->link_cnt]);
	snprintf(func->note, sizeof(func->note), "the kernel refused %s: %s",
		 plan_rung_names[func->rung], strerror(-err));
	func->rung = RUNG_MISSING;
	return err;
}
