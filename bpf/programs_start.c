/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Loads and attaches the eBPF programs as the plan says. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/explain.h"
#include "bpf/func_programs.h"
#include "bpf/in_effect.h"
#include "bpf/programs_parts.h"
#include "bpf/ticks.h"

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

static int fixed_attach(struct programs *programs, const struct plan *plan)
{
	for (size_t i = 0; i < FIXED_PROGRAM_CNT; i++) {
		const struct fixed_program *fixed = &fixed_programs[i];
		const struct plan_func *func = plan_func_find(plan, fixed->concept);
		struct bpf_program *prog = program_by_name(programs, fixed->name);
		struct bpf_link **link = &programs->fixed_links[i];

		if (!bpf_program__autoload(prog))
			continue;
		*link = fixed->rung == RUNG_KPROBE ?
				bpf_program__attach_kprobe(prog, fixed->is_return, func->symbol) :
				program_attach(prog);
		if (!*link)
			return -errno;
	}
	return 0;
}

static void fixed_detach(struct programs *programs)
{
	for (size_t i = 0; i < FIXED_PROGRAM_CNT; i++) {
		bpf_link__destroy(programs->fixed_links[i]);
		programs->fixed_links[i] = NULL;
	}
}

/* Attached one by one, for the pattern programs must not be. */
static int attach(struct programs *programs, const struct plan *plan)
{
	struct kvmtree_bpf *skel = programs->skel;
	struct {
		struct bpf_program *program;
		struct bpf_link **link;
	} always[] = {
		{ skel->progs.on_fork, &skel->links.on_fork },
		{ skel->progs.on_exec, &skel->links.on_exec },
		{ skel->progs.on_exit, &skel->links.on_exit },
		{ skel->progs.on_free, &skel->links.on_free },
		{ skel->progs.on_switch, &skel->links.on_switch },
		{ skel->progs.on_waking, &skel->links.on_waking },
	};
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(always) / sizeof(always[0]); i++) {
		*always[i].link = program_attach(always[i].program);
		err = *always[i].link ? 0 : -errno;
	}
	for (int event = 0; !err && event < TP_EVENT_CNT; event++) {
		struct bpf_link **link = &programs->event_links[event];

		if (!plan_wants_event(plan, (enum tp_event)event))
			continue;
		*link = program_attach(program_of_event(programs, plan, event));
		err = *link ? 0 : -errno;
	}
	if (err || !plan->has_rounds)
		return err;
	programs->ticks = ticks_start(skel->progs.on_tick);
	return programs->ticks ? 0 : -ENOMEM;
}

/* Does a program serve it that is there once? */
static bool is_fixed(const struct plan *plan, const struct plan_func *func)
{
	if (func->layer == LAYER_IOCTL && plan->options.detail == DETAIL_EXITS)
		return false;
	for (size_t i = 0; i < FIXED_PROGRAM_CNT; i++)
		if (!strcmp(fixed_programs[i].concept, func->concept))
			return true;
	return false;
}

/* Is a program loaded anew for this function? */
static bool is_copied(const struct plan *plan, const struct plan_func *func)
{
	(void)plan;
	return func->layer != LAYER_IOCTL;
}

/* The functions one by one; one that the kernel refuses is missing then, and the rest goes on. */
static int funcs_attach(struct programs *programs, struct plan *plan,
			const struct programs_options *options)
{
	const struct func_patterns patterns = {
		.fentry = programs->skel->progs.fentry_func,
		.fexit = programs->skel->progs.fexit_func,
		.probe = programs->skel->progs.probe_func,
		.retprobe = programs->skel->progs.retprobe_func,
		.cookie = plan->can_cookie ? programs->skel->progs.cookie_func : NULL,
		.retcookie = plan->can_cookie ? programs->skel->progs.retcookie_func : NULL,
		.multi = programs->skel->progs.multi_func,
		.retmulti = programs->skel->progs.retmulti_func,
	};

	programs->funcs = func_programs_new(&patterns);
	if (!programs->funcs)
		return -ENOMEM;
	if (plan->options.detail == DETAIL_EXITS)
		return 0;
	if (func_programs_attach_multi(programs->funcs, plan))
		return -ENOMEM;
	for (uint32_t id = 0; id < plan->func_cnt; id++) {
		struct plan_func *func = &plan->funcs[id];

		if (is_copied(plan, func) && (func->rung == RUNG_FENTRY || func->rung == RUNG_KPROBE))
			func_programs_attach(programs->funcs, func, id, NULL);
		if (options->on_progress)
			options->on_progress(options->context, id + 1, plan->func_cnt);
	}
	if (!in_effect_check(plan, is_copied))
		return 0;
	for (uint32_t id = 0; id < plan->func_cnt; id++)
		if (plan->funcs[id].is_vain && plan->funcs[id].rung == RUNG_KPROBE)
			func_programs_attach(programs->funcs, &plan->funcs[id], id, NULL);
	return 0;
}

/* Returns 0, or -errno: then there is no object. */
static int object_load(struct programs *programs, const struct plan *plan,
		       const struct programs_options *options)
{
	int err;

	programs->skel = kvmtree_bpf__open();
	if (!programs->skel)
		return -errno;
	err = programs_configure(programs, plan, options);
	if (!err)
		err = kvmtree_bpf__load(programs->skel);
	if (!err)
		return 0;
	kvmtree_bpf__destroy(programs->skel);
	programs->skel = NULL;
	return err;
}

/* Attaches what is there once; anew, by kprobe where fentry turns out to be in vain. */
static int fixed_start(struct programs *programs, struct plan *plan,
		       const struct programs_options *options)
{
	int err = fixed_attach(programs, plan);

	if (err || !in_effect_check(plan, is_fixed))
		return err;
	fixed_detach(programs);
	kvmtree_bpf__destroy(programs->skel);
	/* rounds want fentry on KVM_RUN */
	plan->has_rounds = plan->has_rounds && plan->funcs[IOCTL_FUNC_VCPU].rung == RUNG_FENTRY;
	err = object_load(programs, plan, options);
	return err ? err : fixed_attach(programs, plan);
}

int programs_start(struct programs **out, struct plan *plan, const struct programs_options *options,
		   char *why, size_t why_sz)
{
	struct programs *programs = calloc(1, sizeof(*programs));
	int err;

	*out = NULL;
	if (!programs)
		return explain(-ENOMEM, why, why_sz, "no memory for the eBPF programs");
	programs->rules = options->rules;
	if (!options->is_verbose)
		libbpf_set_print(quiet);
	err = object_load(programs, plan, options);
	if (err && plan->has_rounds) {
		/* the verifier of a kernel that we do not know may not like them */
		plan->has_rounds = false;
		err = object_load(programs, plan, options);
	}
	if (err) {
		free(programs);
		return explain(err, why, why_sz, "the kernel refused the eBPF programs: %s",
			       strerror(-err));
	}
	err = fixed_start(programs, plan, options);
	if (!err)
		err = funcs_attach(programs, plan, options);
	if (!err)
		err = attach(programs, plan);
	if (err) {
		programs_stop(programs);
		return explain(err, why, why_sz, "the eBPF programs cannot be attached: %s",
			       strerror(-err));
	}
	*out = programs;
	return 0;
}

static void detach(struct programs *programs)
{
	ticks_stop(programs->ticks);
	programs->ticks = NULL;
	fixed_detach(programs);
	for (int event = 0; event < TP_EVENT_CNT; event++) {
		bpf_link__destroy(programs->event_links[event]);
		programs->event_links[event] = NULL;
	}
	func_programs_free(programs->funcs);
	programs->funcs = NULL;
	if (programs->skel)
		kvmtree_bpf__detach(programs->skel);
}

void programs_stop(struct programs *programs)
{
	if (!programs)
		return;
	detach(programs);
	kvmtree_bpf__destroy(programs->skel);
	free(programs);
}
