/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One copy of the generic entry and exit programs for each kernel function of the plan. */
#ifndef KVMTREE_FUNC_PROGRAMS_H
#define KVMTREE_FUNC_PROGRAMS_H

#include <stddef.h>

#include "bpf/plan.h"

struct bpf_insn;
struct func_programs;

/*
 * Attaches copies of the two patterns, as the kernel got them, to every RUNG_FENTRY function
 * of the plan outside LAYER_IOCTL. What the kernel refuses becomes RUNG_MISSING. NULL: no memory.
 */
struct func_programs *func_programs_attach(struct plan *plan, const struct bpf_insn *enter,
					   size_t enter_cnt, const struct bpf_insn *leave,
					   size_t leave_cnt);
void func_programs_detach(struct func_programs *funcs);

/* How many functions are attached. */
int func_programs_count(const struct func_programs *funcs);

#endif
