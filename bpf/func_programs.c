/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Loads the function programs once per function: an fentry program is bound to one at load time. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>

#include "bpf/control.h"
#include "bpf/func_programs.h"

struct func_programs {
	int *links; /* link descriptors: two a function, exit and entry */
	size_t link_cnt;
};

/* A copy of the pattern with the function's id where the mark stands. Returns a link or -errno. */
static int copy_attach(const struct plan_func *func, uint32_t id, enum bpf_attach_type type,
		       const struct bpf_insn *pattern, size_t insn_cnt)
{
	struct bpf_insn *insns = malloc(insn_cnt * sizeof(*insns));
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = type,
		    .attach_btf_id = (__u32)func->kernel.type_id);
	int prog, link, err;

	if (!insns)
		return -ENOMEM;
	memcpy(insns, pattern, insn_cnt * sizeof(*insns));
	for (size_t i = 0; i < insn_cnt; i++)
		if (insns[i].imm == FUNC_ID_MARK)
			insns[i].imm = (__s32)id;
	/* A zero descriptor means vmlinux to the kernel. */
	if (strcmp(func->kernel.part->name, "vmlinux"))
		opts.attach_btf_obj_fd = (__u32)func->kernel.part->fd;
	prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, "kvmtree_func", "Dual BSD/GPL", insns, insn_cnt,
			     &opts);
	err = -errno;
	free(insns);
	if (prog < 0)
		return err;
	link = bpf_raw_tracepoint_open(NULL, prog);
	err = -errno;
	close(prog); /* the link keeps it */
	return link < 0 ? err : link;
}

static int func_attach(struct func_programs *funcs, const struct plan_func *func, uint32_t id,
		       const struct bpf_insn *enter, size_t enter_cnt,
		       const struct bpf_insn *leave, size_t leave_cnt)
{
	/* First the exit: a call under way then has at most an end without a beginning. */
	int out = copy_attach(func, id, BPF_TRACE_FEXIT, leave, leave_cnt);
	int in;

	if (out < 0)
		return out;
	in = copy_attach(func, id, BPF_TRACE_FENTRY, enter, enter_cnt);
	if (in < 0) {
		close(out);
		return in;
	}
	funcs->links[funcs->link_cnt++] = out;
	funcs->links[funcs->link_cnt++] = in;
	return 0;
}

struct func_programs *func_programs_attach(struct plan *plan, const struct bpf_insn *enter,
					   size_t enter_cnt, const struct bpf_insn *leave,
					   size_t leave_cnt)
{
	struct func_programs *funcs = calloc(1, sizeof(*funcs));

	if (!funcs)
		return NULL;
	funcs->links = calloc(2 * (size_t)plan->func_cnt, sizeof(*funcs->links));
	if (!funcs->links) {
		free(funcs);
		return NULL;
	}
	for (uint32_t id = 0; id < plan->func_cnt; id++) {
		struct plan_func *func = &plan->funcs[id];
		int err;

		if (func->rung != RUNG_FENTRY || func->layer == LAYER_IOCTL)
			continue;
		err = func_attach(funcs, func, id, enter, enter_cnt, leave, leave_cnt);
		if (err) {
			func->rung = RUNG_MISSING;
			snprintf(func->note, sizeof(func->note), "the kernel refused fentry: %s",
				 strerror(-err));
		}
	}
	return funcs;
}

void func_programs_detach(struct func_programs *funcs)
{
	if (!funcs)
		return;
	for (size_t i = 0; i < funcs->link_cnt; i++)
		close(funcs->links[i]);
	free(funcs->links);
	free(funcs);
}

int func_programs_count(const struct func_programs *funcs)
{
	return funcs ? (int)funcs->link_cnt / 2 : 0;
}
