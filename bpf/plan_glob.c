/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Adds functions of KVM's modules to the plan by a pattern; what they are comes from BTF. */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/btf_words.h"
#include "bpf/explain.h"
#include "bpf/kernel_functions.h"
#include "bpf/plan.h"

/*
 * Not asked for by any pattern but their own names. They run in interrupts, at any time and on whatever
 * thread is there, and tell nothing of what that does.
 */
static const char *const denied[] = {
	"pvclock_gtod_notify",	      /* each tick of the clock */
	"kvm_guest_get_ip",	      /* perf asks from its NMI */
	"kvm_guest_state",
	"kvm_handle_intel_pt_intr",
	"vmx_handle_intel_pt_intr",
};

static bool is_denied(const char *name, const char *glob)
{
	for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++)
		if (!strcmp(denied[i], name))
			return strcmp(name, glob);
	return false;
}

/* Among the first `func_cnt` rows: those that were there before this pattern. */
static struct plan_func *planned_find(const struct plan *plan, uint32_t func_cnt, const char *symbol,
				      const char *module)
{
	for (uint32_t id = 0; id < func_cnt; id++) {
		struct plan_func *func = &plan->funcs[id];

		if (!strcmp(func->symbol, symbol) &&
		    (!strcmp(func->owner, module) || !strcmp(func->owner, "vmlinux")))
			return func;
	}
	return NULL;
}

/* Arguments and result as BTF has them, if it has. Returns 0 or -ENOMEM. */
static int func_type(struct plan_func *func)
{
	const struct kernel_btf_part *part = func->kernel.part;

	if (!part)
		return 0;
	func->owned.args = btf_arg_names(part->btf, func->kernel.proto_id);
	func->owned.types = btf_arg_words(part->btf, func->kernel.proto_id);
	func->owned.returns = btf_result_word(part->btf, func->kernel.proto_id);
	if (!func->owned.args || !func->owned.types || !func->owned.returns)
		return -ENOMEM;
	func->args = func->owned.args;
	func->types = func->owned.types;
	func->returns = func->owned.returns;
	return 0;
}

/*
 * Which rung serves it, or RUNG_MISSING. kprobe.multi goes first: it is one attachment whatever the number. Each
 * fentry is a program of its own and three rounds through all of ftrace's functions, each kprobe one: so hundreds
 * go by kprobes. They cost more a call.
 */
static enum plan_rung rung_choose(const struct plan *plan, const struct kernel_function *function,
				  const struct plan_func *func, bool is_many)
{
	bool can_kprobe = plan->has_kprobe && function->address;

	if (plan->has_multi && function->address)
		return RUNG_KPROBE_MULTI;
	if (plan->has_fentry && func->kernel.part && !(is_many && can_kprobe && plan->can_cookie))
		return RUNG_FENTRY;
	return can_kprobe ? RUNG_KPROBE : RUNG_MISSING;
}

/* Returns 0 or -errno. */
static int func_add(struct plan *plan, uint32_t before_cnt, const struct kernel_function *function,
		    bool is_many)
{
	struct plan_func *func = planned_find(plan, before_cnt, function->name, function->module);

	/* one of the walk is attached already; what it takes and gives was not told of */
	if (func)
		return func->types ? 0 : func_type(func);
	func = plan_func_add(plan);
	if (!func)
		return -ENOSPC;
	if (!kernel_btf_module_func(&plan->btf, function->module, function->name, &func->kernel))
		func->kernel.part = NULL;
	func->rung = rung_choose(plan, function, func, is_many);
	if (func->rung == RUNG_MISSING || function->is_ambiguous) {
		memset(func, 0, sizeof(*func));
		plan->func_cnt--;
		plan->skipped_cnt++;
		return 0;
	}
	snprintf(func->symbol, sizeof(func->symbol), "%s", function->name);
	snprintf(func->owner, sizeof(func->owner), "%s", function->module);
	func->layer = strcmp(function->module, "kvm") ? LAYER_VENDOR : LAYER_KVM;
	func->concept = func->symbol;
	func->under = "";
	func->args = "";
	func->address = function->address;
	return func_type(func);
}

static bool is_match(const struct kernel_function *function, const char *glob)
{
	return !fnmatch(glob, function->name, 0) && !is_denied(function->name, glob);
}

static uint32_t matches_count(const struct kernel_functions *functions, const char *glob)
{
	uint32_t cnt = 0;

	for (size_t i = 0; i < functions->cnt; i++)
		cnt += is_match(&functions->at[i], glob);
	return cnt;
}

static int matches_add(struct plan *plan, const struct kernel_functions *functions, const char *glob,
		       bool is_many, char *why, size_t why_sz)
{
	uint32_t before_cnt = plan->func_cnt;
	int err = 0;

	for (size_t i = 0; !err && i < functions->cnt; i++)
		if (is_match(&functions->at[i], glob))
			err = func_add(plan, before_cnt, &functions->at[i], is_many);
	return err ? explain(err, why, why_sz,
			     "--function %s: %s; at most %d functions can be traced", glob,
			     strerror(-err), PLAN_FUNCS_MAX) :
		     0;
}

int plan_add_functions(struct plan *plan, const char *glob, bool has_consent, char *why,
		       size_t why_sz)
{
	const char *const modules[] = { "kvm", plan->vendor_module };
	struct kernel_functions functions;
	uint32_t cnt;
	int err;

	/* all that can be traced is then nothing, which was said */
	if (plan->options.detail == DETAIL_FULL && *plan->why_no_functions)
		return 0;
	if (!plan->has_fentry && !plan->has_multi && !plan->has_kprobe)
		return explain(-ENOTSUP, why, why_sz, "--function %s: %s", glob,
			       *plan->why_no_functions ? plan->why_no_functions :
							 "--probe-with tracepoint traces none");
	err = kernel_functions_read(&functions, modules, 2);
	if (err)
		return explain(err, why, why_sz,
			       "--function %s: reading available_filter_functions of tracefs: %s; it "
			       "says what can be traced, and comes with CONFIG_DYNAMIC_FTRACE",
			       glob, strerror(-err));
	cnt = matches_count(&functions, glob);
	if (!cnt)
		err = explain(-ENOENT, why, why_sz,
			      "--function %s: no function of kvm or %s that can be traced matches; quote "
			      "the pattern, and see `grep '\\[kvm' "
			      "/sys/kernel/tracing/available_filter_functions`",
			      glob, plan->vendor_module);
	else if (cnt > PLAN_GLOB_MAX && !has_consent)
		err = explain(-E2BIG, why, why_sz,
			      "--function %s: %u functions match, which makes a recording slow and large: "
			      "say --many if you mean it, or name fewer",
			      glob, cnt);
	else
		err = matches_add(plan, &functions, glob, cnt > PLAN_GLOB_MAX, why, why_sz);
	kernel_functions_release(&functions);
	return err;
}
