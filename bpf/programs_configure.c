/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which eBPF programs a plan wants, and what they are told before they are loaded. */
#include <stdio.h>
#include <string.h>

#include "bpf/kernel_btf.h"
#include "bpf/programs_parts.h"

#define IOCTL_PROGRAM_ROWS(function, fentry_run_loop)                                            \
	{ "fentry_" #function, #function, RUNG_FENTRY, false, fentry_run_loop },                 \
	{ "fexit_" #function, #function, RUNG_FENTRY, true, fentry_run_loop },                   \
	{ "kprobe_" #function, #function, RUNG_KPROBE, false, EITHER },                          \
	{ "kretprobe_" #function, #function, RUNG_KPROBE, true, EITHER }

const struct fixed_program fixed_programs[] = {
	IOCTL_PROGRAM_ROWS(kvm_dev_ioctl, EITHER),
	IOCTL_PROGRAM_ROWS(kvm_vm_ioctl, EITHER),
	IOCTL_PROGRAM_ROWS(kvm_vcpu_ioctl, BY_EVENTS),
	{ "round_kvm_vcpu_ioctl_enter", "kvm_vcpu_ioctl", RUNG_FENTRY, false, BY_ROUNDS },
	{ "round_kvm_vcpu_ioctl_leave", "kvm_vcpu_ioctl", RUNG_FENTRY, true, BY_ROUNDS },
	/* for all of KVM's descriptors */
	{ "on_sys_exit_ioctl", "kvm_vcpu_ioctl", RUNG_TRACEPOINT, true, EITHER },
	{ "on_sys_enter_ioctl", "kvm_vcpu_ioctl", RUNG_TRACEPOINT, false, EITHER },
	/* its frame may be seen by kprobe.multi, its counter not */
	{ "fentry_kvm_arch_vcpu_destroy", "kvm_arch_vcpu_destroy", RUNG_FENTRY, false, EITHER },
	{ "kprobe_kvm_arch_vcpu_destroy", "kvm_arch_vcpu_destroy", RUNG_KPROBE, false, EITHER },
};

/* The tracepoints whose events are parts of a round, and the programs that serve them then. */
static const struct round_program {
	enum tp_event event;
	const char *amd, *intel;
} round_programs[] = {
	{ TPE_kvm_entry, "round_kvm_entry", "round_kvm_entry" },
	{ TPE_kvm_exit, "round_kvm_exit_svm", "round_kvm_exit_any" },
	{ TPE_kvm_pio, "round_kvm_pio", "round_kvm_pio" },
	{ TPE_kvm_userspace_exit, "round_kvm_userspace_exit", "round_kvm_userspace_exit" },
};

#define ROUND_PROGRAM_CNT (sizeof(round_programs) / sizeof(round_programs[0]))

struct bpf_program *program_by_name(const struct programs *programs, const char *name)
{
	return bpf_object__find_program_by_name(programs->skel->obj, name);
}

struct bpf_program *program_of_event(const struct programs *programs, const struct plan *plan,
					 int event)
{
	char name[64];

	for (size_t i = 0; plan->has_rounds && i < ROUND_PROGRAM_CNT; i++)
		if ((int)round_programs[i].event == event)
			return program_by_name(programs, strcmp(plan->vendor, "amd") ?
							 round_programs[i].intel :
							 round_programs[i].amd);
	snprintf(name, sizeof(name), "on_%s", tp_event_names[event]);
	return program_by_name(programs, name);
}

/* The rung of a program that is there for one function alone. */
static enum plan_rung rung_single(enum plan_rung rung)
{
	return rung == RUNG_KPROBE_MULTI ? RUNG_KPROBE : rung;
}

static int fixed_configure(struct programs *programs, const struct plan *plan)
{
	for (size_t i = 0; i < FIXED_PROGRAM_CNT; i++) {
		const struct fixed_program *fixed = &fixed_programs[i];
		const struct plan_func *func = plan_func_find(plan, fixed->concept);
		struct bpf_program *prog = program_by_name(programs, fixed->name);
		bool is_wanted = func && rung_single(func->rung) == fixed->rung &&
				 fixed->run_loop != (plan->has_rounds ? BY_EVENTS : BY_ROUNDS) &&
				 (func->layer != LAYER_IOCTL || plan->options.detail != DETAIL_EXITS);
		int err = bpf_program__set_autoload(prog, is_wanted);

		if (!err && is_wanted && fixed->rung == RUNG_FENTRY)
			err = bpf_program__set_attach_target(prog, 0, func->symbol);
		if (err)
			return err;
	}
	return 0;
}

/* The patterns are verified with any function: they are never attached themselves. */
static int patterns_configure(struct programs *programs, const struct plan *plan)
{
	struct kvmtree_bpf *skel = programs->skel;
	const char *any = NULL;
	int err = 0;

	for (uint32_t id = 0; !any && id < plan->func_cnt; id++)
		if (plan->funcs[id].rung == RUNG_FENTRY)
			any = plan->funcs[id].symbol;
	if (any)
		err = bpf_program__set_attach_target(skel->progs.fentry_func, 0, any);
	if (any && !err)
		err = bpf_program__set_attach_target(skel->progs.fexit_func, 0, any);
	bpf_program__set_autoload(skel->progs.fentry_func, any);
	bpf_program__set_autoload(skel->progs.fexit_func, any);
	bpf_program__set_autoload(skel->progs.probe_func, plan->can_kprobe || plan->can_uprobe);
	bpf_program__set_autoload(skel->progs.retprobe_func, plan->can_kprobe || plan->can_uprobe);
	bpf_program__set_autoload(skel->progs.cookie_func, plan->can_cookie);
	bpf_program__set_autoload(skel->progs.retcookie_func, plan->can_cookie);
	bpf_program__set_autoload(skel->progs.multi_func, plan->has_multi);
	bpf_program__set_autoload(skel->progs.retmulti_func, plan->has_multi);
	return err;
}

/* One program of several for each event. */
static int events_configure(struct programs *programs, const struct plan *plan)
{
	int err = 0;
	char name[64];

	for (size_t i = 0; !err && i < ROUND_PROGRAM_CNT; i++) {
		err = bpf_program__set_autoload(program_by_name(programs, round_programs[i].amd), false);
		if (!err)
			err = bpf_program__set_autoload(
				program_by_name(programs, round_programs[i].intel), false);
	}
	for (int event = 0; !err && event < TP_EVENT_CNT; event++) {
		snprintf(name, sizeof(name), "on_%s", tp_event_names[event]);
		err = bpf_program__set_autoload(program_by_name(programs, name), false);
		if (!err)
			err = bpf_program__set_autoload(program_of_event(programs, plan, event),
							plan_wants_event(plan, (enum tp_event)event));
	}
	return err;
}

static bool sees_vcpu_ends(const struct plan *plan)
{
	const struct plan_func *func = plan_func_find(plan, "kvm_arch_vcpu_destroy");

	return func && (func->rung == RUNG_FENTRY || func->rung == RUNG_KPROBE);
}

int programs_configure(struct programs *programs, const struct plan *plan,
		     const struct programs_options *options)
{
	struct kvmtree_bpf *skel = programs->skel;
	int err;

	kernel_btf_modules_try(skel->progs.fentry_func);
	err = fixed_configure(programs, plan);
	if (!err)
		err = patterns_configure(programs, plan);
	if (!err)
		err = events_configure(programs, plan);
	if (!err)
		err = bpf_program__set_autoload(skel->progs.on_tick, plan->has_rounds);
	if (!err)
		err = bpf_map__set_max_entries(skel->maps.ring, (__u32)options->ring_sz);
	skel->rodata->has_rounds = plan->has_rounds;
	skel->rodata->sees_vcpu_ends = sees_vcpu_ends(plan);
	skel->rodata->has_run_ioctls = plan->options.detail != DETAIL_EXITS;
	skel->rodata->is_choosy = options->is_choosy || options->vcpus || options->vm_tgid;
	skel->rodata->has_vcpu_choice = options->vcpus;
	if (options->vcpus)
		memcpy((void *)skel->rodata->chosen_vcpus, options->vcpus,
		       sizeof(skel->rodata->chosen_vcpus));
	skel->rodata->chosen_tgid = (__u32)options->vm_tgid;
	skel->rodata->chosen_fd = (__u32)options->vm_fd;
	memcpy((void *)skel->rodata->tp_places, plan->tracepoints.places,
	       sizeof(plan->tracepoints.places));
	return err;
}
