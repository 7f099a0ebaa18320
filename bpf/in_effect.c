/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Reads `enabled_functions` of tracefs (kernel/trace/ftrace.c, t_show). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/in_effect.h"
#include "bpf/tracefs.h"

static bool is_same(const struct plan_func *func, const char *name, const char *module)
{
	return !strcmp(func->symbol, name) && !strcmp(func->owner, *module ? module : "vmlinux");
}

/*
 * Lines such as "kvm_vm_ioctl [kvm] (1) R   D   M tramp: ...": D is for a direct call, which is how
 * ftrace calls a trampoline of eBPF. Returns how many of the plan's functions have one.
 */
static unsigned int direct_calls_read(const struct plan *plan, FILE *file, bool *has_call)
{
	char line[512], name[PLAN_SYMBOL_MAX], module[64];
	unsigned int cnt = 0;

	_Static_assert(PLAN_SYMBOL_MAX == 256, "the format below says so");
	while (fgets(line, sizeof(line), file)) {
		const char *flags = strstr(line, ") ");

		*module = 0;
		if (sscanf(line, "%255s [%63[^]]]", name, module) < 1 || !flags ||
		    !strstr(flags, " D "))
			continue;
		for (uint32_t id = 0; id < plan->func_cnt; id++) {
			if (!is_same(&plan->funcs[id], name, module))
				continue;
			has_call[id] = true;
			cnt++;
		}
	}
	return cnt;
}

static void vain_note(const struct plan *plan, struct plan_func *func)
{
	func->is_vain = true;
	func->rung = plan->can_kprobe ? RUNG_KPROBE : RUNG_MISSING;
	func->address = 0;
	func->is_refused = !plan->can_kprobe;
	snprintf(func->note, sizeof(func->note), "the kernel took fentry, and does not call it");
}

unsigned int in_effect_check(struct plan *plan, in_effect_fn *is_attached)
{
	const char *dir = tracefs_dir();
	bool *has_call = calloc(plan->func_cnt, sizeof(*has_call));
	unsigned int vain = 0;
	FILE *file = NULL;
	char path[128];

	for (uint32_t id = 0; id < plan->func_cnt; id++)
		plan->funcs[id].is_vain = false;
	if (dir) {
		snprintf(path, sizeof(path), "%s/enabled_functions", dir);
		file = fopen(path, "re");
	}
	/* of none at all: then this kernel does not tell */
	if (file && has_call && direct_calls_read(plan, file, has_call)) {
		for (uint32_t id = 0; id < plan->func_cnt; id++) {
			struct plan_func *func = &plan->funcs[id];

			if (func->rung != RUNG_FENTRY || has_call[id] || !is_attached(plan, func))
				continue;
			vain_note(plan, func);
			vain++;
		}
	}
	if (file)
		fclose(file);
	free(has_call);
	return vain;
}
