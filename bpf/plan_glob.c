/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Adds functions of KVM's modules to the plan by a pattern; what they are comes from BTF. */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>

#include "bpf/explain.h"
#include "bpf/plan.h"

/* So many of its arguments are recorded. */
#define ARGS_NAMED 3

/* "vcpu,msr,data", for the plan to free; NULL: no memory. */
static char *arg_names(const struct btf *types, const struct btf_type *proto)
{
	const struct btf_param *params = btf_params(proto);
	char *text = NULL;
	size_t text_sz;
	FILE *out = open_memstream(&text, &text_sz);

	if (!out)
		return NULL;
	for (int i = 0; i < btf_vlen(proto) && i < ARGS_NAMED; i++)
		fprintf(out, "%s%s", i ? "," : "", btf__name_by_offset(types, params[i].name_off));
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static bool is_planned(const struct plan *plan, const char *symbol)
{
	for (uint32_t id = 0; id < plan->func_cnt; id++)
		if (!strcmp(plan->funcs[id].symbol, symbol))
			return true;
	return false;
}

/* Returns 0 or -errno. */
static int func_add(struct plan *plan, const struct kernel_btf_part *part, const char *symbol)
{
	const struct btf *types = part->btf;
	struct plan_func *func = plan_func_add(plan);

	if (!func)
		return -ENOSPC;
	if (strlen(symbol) >= sizeof(func->symbol) ||
	    !kernel_btf_func(&plan->btf, symbol, &func->kernel)) {
		plan->func_cnt--;
		return 0;
	}
	snprintf(func->symbol, sizeof(func->symbol), "%s", symbol);
	snprintf(func->owner, sizeof(func->owner), "%s", part->name);
	func->layer = strcmp(part->name, "kvm") ? LAYER_VENDOR : LAYER_KVM;
	func->rung = RUNG_FENTRY;
	func->concept = func->symbol;
	func->under = "";
	func->returns = func->kernel.returns;
	func->args_owned = arg_names(
		types, btf__type_by_id(types,
				       btf__type_by_id(types, (__u32)func->kernel.type_id)->type));
	func->args = func->args_owned ? func->args_owned : "";
	return 0;
}

/* The functions of one module that match. Returns how many there are, added or not, or -errno. */
static int part_match(struct plan *plan, int part_no, const char *glob, bool is_adding)
{
	const struct kernel_btf_part *part = &plan->btf.parts[part_no];
	__u32 id = btf__type_cnt(plan->btf.parts[0].btf), end = btf__type_cnt(part->btf);
	int cnt = 0, err = 0;

	for (; !err && id < end; id++) {
		const struct btf_type *type = btf__type_by_id(part->btf, id);
		const char *symbol = btf__name_by_offset(part->btf, type->name_off);

		if (!btf_is_func(type) || fnmatch(glob, symbol, 0))
			continue;
		cnt++;
		if (is_adding && !is_planned(plan, symbol))
			err = func_add(plan, part, symbol);
	}
	return err ? err : cnt;
}

static int modules_match(struct plan *plan, const char *glob, bool is_adding)
{
	int cnt = 0;

	for (int i = 1; i < plan->btf.part_cnt; i++) {
		int n = part_match(plan, i, glob, is_adding);

		if (n < 0)
			return n;
		cnt += n;
	}
	return cnt;
}

int plan_add_functions(struct plan *plan, const char *glob, bool has_consent, char *why,
		       size_t why_sz)
{
	int cnt;

	if (!plan->has_fentry || plan->btf.part_cnt < 2)
		return explain(-ENOTSUP, why, why_sz,
			       "--function %s: functions are picked from the BTF of KVM's modules, "
			       "and traced by fentry; this kernel, or --probe-with, has none of it",
			       glob);
	cnt = modules_match(plan, glob, false);
	if (!cnt)
		return explain(-ENOENT, why, why_sz,
			       "--function %s: no function of kvm or %s matches; quote the pattern, "
			       "and see `bpftool btf dump file /sys/kernel/btf/kvm`",
			       glob, plan->vendor_module);
	if (cnt > PLAN_GLOB_MAX && !has_consent)
		return explain(-E2BIG, why, why_sz,
			       "--function %s: %d functions match; to attach them takes the kernel its "
			       "time: say --many if you mean it, or name fewer",
			       glob, cnt);
	cnt = modules_match(plan, glob, true);
	return cnt < 0 ? explain(cnt, why, why_sz, "--function %s: %s; at most %d functions can be traced",
				 glob, strerror(-cnt), PLAN_FUNCS_MAX) :
			 0;
}
