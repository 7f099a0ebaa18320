/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Reads `enabled_functions` of tracefs (kernel/trace/ftrace.c, t_show). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/in_effect.h"
#include "bpf/tracefs.h"

/* So many looks differ when somebody attaches and detaches without end: then nothing is certain. */
#define LOOKS_MAX 1000

/* A function without an owner may be anybody's. */
static bool is_same(const struct plan_func *func, const char *name, const char *module)
{
	return !strcmp(func->symbol, name) &&
	       (!*func->owner || !strcmp(func->owner, *module ? module : "vmlinux"));
}

/*
 * Lines such as "kvm_vm_ioctl [kvm] (1) R   D", a tab and more: D is for a direct call, which is
 * how ftrace calls a trampoline of eBPF. Returns how many of the plan's functions have one.
 */
static unsigned int direct_calls_find(const struct plan *plan, const char *text, bool *has_call)
{
	char name[PLAN_SYMBOL_MAX], module[64];
	unsigned int cnt = 0;

	_Static_assert(PLAN_SYMBOL_MAX == 256, "the format below says so");
	for (const char *line = text, *end; *line; line = *end ? end + 1 : end) {
		size_t line_sz = strcspn(line, "\n"), flags_end = strcspn(line, "\t\n");
		const char *flags = memchr(line, ')', flags_end);

		end = line + line_sz;
		*module = 0;
		if (!flags || !memchr(flags, 'D', (size_t)(line + flags_end - flags)) ||
		    sscanf(line, "%255s [%63[^]]]", name, module) < 1)
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

/* The whole file, to be freed; NULL: it cannot be read. */
static char *enabled_read(void)
{
	FILE *file = tracefs_open("enabled_functions");
	char *text = NULL;
	size_t room = 0;

	if (!file)
		return NULL;
	if (getdelim(&text, &room, '\0', file) < 0) {
		free(text);
		text = ferror(file) ? NULL : strdup(""); /* nobody has any */
	}
	fclose(file);
	return text;
}

static bool is_vain(const struct plan *plan, uint32_t id, in_effect_fn *is_attached,
		    const bool *has_call)
{
	return plan->funcs[id].rung == RUNG_FENTRY && !has_call[id] &&
	       is_attached(plan, &plan->funcs[id]);
}

static unsigned int vain_count(const struct plan *plan, in_effect_fn *is_attached,
			       const bool *has_call)
{
	unsigned int cnt = 0;

	for (uint32_t id = 0; id < plan->func_cnt; id++)
		cnt += is_vain(plan, id, is_attached, has_call);
	return cnt;
}

/*
 * The kernel gives the file page by page, and goes on after as many lines as it gave: where probes
 * go meanwhile, as those of a recording before do for some seconds, lines are left out. So what one
 * look has not is looked for again, until two looks are alike. Returns how many functions are not
 * called, for certain; *found are those that were, in all looks.
 */
static unsigned int calls_look(const struct plan *plan, in_effect_fn *is_attached, bool *has_call,
			       unsigned int *found)
{
	char *before = NULL;
	unsigned int vain;

	for (int look = 0; look < LOOKS_MAX; look++) {
		char *now = enabled_read();
		bool is_alike = before && now && !strcmp(before, now);

		free(before);
		before = now;
		if (!now)
			break;
		*found += direct_calls_find(plan, now, has_call);
		vain = vain_count(plan, is_attached, has_call);
		if (!vain || is_alike) {
			free(before);
			return vain;
		}
	}
	free(before);
	return 0;
}

static void vain_note(const struct plan *plan, struct plan_func *func)
{
	func->is_vain = true;
	func->rung = plan->has_kprobe ? RUNG_KPROBE : RUNG_MISSING;
	func->address = 0;
	func->is_refused = !plan->has_kprobe;
	snprintf(func->note, sizeof(func->note), "the kernel took fentry, and does not call it");
}

unsigned int in_effect_check(struct plan *plan, in_effect_fn *is_attached)
{
	bool *has_call = calloc(plan->func_cnt, sizeof(*has_call));
	unsigned int found = 0, vain = has_call ? calls_look(plan, is_attached, has_call, &found) : 0;

	/* none at all: then this kernel does not tell */
	vain = found ? vain : 0;
	for (uint32_t id = 0; id < plan->func_cnt; id++) {
		plan->funcs[id].is_vain = false;
		if (vain && is_vain(plan, id, is_attached, has_call))
			vain_note(plan, &plan->funcs[id]);
	}
	free(has_call);
	return vain;
}

static bool always(const struct plan *plan, const struct plan_func *func)
{
	(void)plan, (void)func;
	return true;
}

bool in_effect_is_called(const char *symbol)
{
	struct plan_func func = { .rung = RUNG_FENTRY };
	const struct plan plan = { .funcs = &func, .func_cnt = 1 };
	unsigned int found = 0;
	bool has_call = false;

	snprintf(func.symbol, sizeof(func.symbol), "%s", symbol);
	return !calls_look(&plan, always, &has_call, &found);
}
