/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One copy of the generic entry and exit programs for each function of the plan. */
#ifndef KVMTREE_FUNC_PROGRAMS_H
#define KVMTREE_FUNC_PROGRAMS_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/plan.h"
#include "bpf/probe_event.h"

struct bpf_program;
struct func_programs;

/* The programs that are copied; they have been loaded, if the plan has a function for them. */
struct func_patterns {
	const struct bpf_program *fentry, *fexit, *probe, *retprobe;
	/* these are attached themselves; NULL: the kernel has no cookies for kprobes (before 5.15) */
	const struct bpf_program *multi, *retmulti, *cookie, *retcookie;
};

struct func_programs *func_programs_new(const struct func_patterns *patterns);

/*
 * Attaches copies to a function of rung fentry, kprobe or uprobe, whose row is `id`; a uprobe needs a
 * place. Returns 0, or -errno: then the row has become RUNG_MISSING, with the reason in its note.
 */
int func_programs_attach(struct func_programs *funcs, struct plan_func *func, uint32_t id,
			 const struct probe_place *place);

/*
 * Attaches to all functions of rung kprobe.multi at once. Those that the kernel refuses become RUNG_MISSING.
 * Returns 0 or -ENOMEM.
 */
int func_programs_attach_multi(struct func_programs *funcs, struct plan *plan);

/* Events that a program did not see (probe_misses.h). */
typedef void programs_miss_fn(void *context, const char *program, uint64_t missed);

/* Calls fn, with the function's symbol, for each program that has missed any. */
void func_programs_misses(const struct func_programs *funcs, const struct plan *plan,
			  programs_miss_fn *fn, void *context);

/* Detaches all and frees; NULL is fine. */
void func_programs_free(struct func_programs *funcs);

#endif
