/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Makes the probe plan by asking the kernel, never its version. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/control.h"
#include "bpf/explain.h"
#include "bpf/kvm_module.h"
#include "bpf/plan.h"
#include "bpf/plan_walk.h"

static const struct vendor {
	enum func_vendor id;
	const char *name, *module;
} vendors[] = {
	{ AMD, "amd", "kvm_amd" },
	{ INTEL, "intel", "kvm_intel" },
	{ NEITHER, "pvm", "kvm_pvm" }, /* guests in software, below other hypervisors */
};

static int vendor_find(struct plan *plan, enum func_vendor *vendor, char *why, size_t why_sz)
{
	const char *wanted;

	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++) {
		if (!kvm_module_is_there(vendors[i].module))
			continue;
		plan->vendor = vendors[i].name;
		plan->vendor_module = vendors[i].module;
		*vendor = vendors[i].id;
		return 0;
	}
	wanted = kvm_module_wanted();
	return wanted ? explain(-ENODEV, why, why_sz, "%s is not loaded, KVM's module for this processor: "
				"`modprobe %s` loads it", wanted, wanted) :
			explain(-ENODEV, why, why_sz,
				"neither kvm_amd nor kvm_intel is loaded, and this processor has neither SVM "
				"nor VMX; `scripts/lab -- COMMAND` brings a machine that has");
}

/*
 * Does the kernel take fentry programs? It may have all that they need and refuse them still, so the
 * smallest one is tried; it is never attached. Returns 0 or -errno.
 */
static int fentry_try(const struct kernel_btf *btf)
{
	const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_FENTRY);
	struct kernel_func func;
	int fd;

	if (kernel_btf_lacks(btf, "kvm") || !kernel_btf_func(btf, "kvm_vm_ioctl", &func))
		return -ENOENT;
	/* the pattern for fentry reads its arguments with a helper of Linux 5.17 */
	if (!kernel_btf_has_helper(btf, "get_func_arg"))
		return -ENOSYS;
	options.attach_btf_id = (__u32)func.type_id;
	options.attach_btf_obj_fd = (__u32)func.part->fd;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "fentry_try", "GPL", nothing, 2, &options);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/* Whether the kernel has a rung; if not, why in plan->rung_whys. */
static bool rung_try(struct plan *plan, enum plan_rung rung, int err, const char *lacks)
{
	if (err)
		snprintf(plan->rung_whys[rung], sizeof(plan->rung_whys[rung]), "%s%s%s%s", lacks,
			 err == -ENOENT ? "" : " (", err == -ENOENT ? "" : strerror(-err),
			 err == -ENOENT ? "" : ")");
	return !err;
}

/* The kernel's perf events for kprobes or uprobes, which take eBPF programs. */
static int probe_try(const char *pmu)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s", pmu);
	return libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_KPROBE, NULL) == 1 && !access(path, F_OK) ?
		       0 :
		       -ENOENT;
}

static void rungs_ask(struct plan *plan)
{
	struct kernel_func func;
	int fentry_err = fentry_try(&plan->btf);

	plan->can_fentry = rung_try(plan, RUNG_FENTRY, fentry_err == -ENOSYS ? -ENOENT : fentry_err,
				    fentry_err == -ENOENT ?
					    "lacks BTF of its modules (CONFIG_DEBUG_INFO_BTF_MODULES)" :
				    fentry_err == -ENOSYS ? "lacks the helper bpf_get_func_arg (Linux 5.17)" :
							    "refuses fentry programs");
	plan->can_kprobe = rung_try(plan, RUNG_KPROBE, probe_try("kprobe"),
				    "lacks kprobes (CONFIG_KPROBES)");
	plan->can_cookie = plan->can_kprobe && kernel_btf_has_helper(&plan->btf, "get_attach_cookie");
	plan->can_uprobe = rung_try(plan, RUNG_UPROBE, probe_try("uprobe"),
				    "lacks uprobes (CONFIG_UPROBES)");
	plan->can_syscall = rung_try(plan, RUNG_TRACEPOINT,
				     tracefs_event_id("syscalls", "sys_enter_ioctl") < 0 ? -ENOENT : 0,
				     "lacks tracepoints of system calls (CONFIG_FTRACE_SYSCALLS)");
	/* what attaches many at once is there since the function that it is made of */
	plan->can_multi = rung_try(plan, RUNG_KPROBE_MULTI,
				   kernel_btf_func(&plan->btf, "register_fprobe_ips", &func) ? 0 : -ENOENT,
				   "lacks kprobe.multi (CONFIG_FPROBE)");
}

/* Which rungs the kernel has and the user wants. Without any, exits are still seen. */
static int rungs_find(struct plan *plan, char *why, size_t why_sz)
{
	enum probe_with with = plan->options.probe_with;
	bool is_best = with == PROBE_WITH_BEST;
	static const enum plan_rung rung_of[] = {
		[PROBE_WITH_FENTRY] = RUNG_FENTRY,
		[PROBE_WITH_KPROBE_MULTI] = RUNG_KPROBE_MULTI,
		[PROBE_WITH_KPROBE] = RUNG_KPROBE,
	};

	rungs_ask(plan);
	plan->has_fentry = plan->can_fentry && (is_best || with == PROBE_WITH_FENTRY);
	plan->has_multi = plan->can_multi && (is_best || with == PROBE_WITH_KPROBE_MULTI);
	plan->has_kprobe = plan->can_kprobe &&
			   (is_best || with == PROBE_WITH_KPROBE || plan->has_multi);
	if (with == PROBE_WITH_TRACEPOINT || plan->has_fentry || plan->has_multi || plan->has_kprobe)
		return 0;
	if (is_best) {
		snprintf(plan->why_no_functions, sizeof(plan->why_no_functions),
			 "functions cannot be traced here: this kernel %s, %s and %s",
			 plan->rung_whys[RUNG_FENTRY], plan->rung_whys[RUNG_KPROBE_MULTI],
			 plan->rung_whys[RUNG_KPROBE]);
		return 0;
	}
	return explain(-ENOTSUP, why, why_sz,
		       "functions cannot be traced here with %s: this kernel %s; without --probe-with "
		       "the best rung that it has is taken",
		       plan_rung_names[rung_of[with]], plan->rung_whys[rung_of[with]]);
}

/* Rounds want fentry on KVM_RUN, and the vCPU as first argument of the tracepoints (Linux 5.16). */
static bool rounds_work(const struct plan *plan)
{
	return plan->funcs[IOCTL_FUNC_VCPU].rung == RUNG_FENTRY &&
	       kernel_btf_tracepoint_takes(&plan->btf, "kvm_entry", "kvm_vcpu") &&
	       kernel_btf_tracepoint_takes(&plan->btf, "kvm_exit", "kvm_vcpu");
}

int plan_make(struct plan *plan, const struct plan_options *options, char *why, size_t why_sz)
{
	enum func_vendor vendor = ANY;
	int err;

	memset(plan, 0, sizeof(*plan));
	plan->options = *options;
	err = vendor_find(plan, &vendor, why, why_sz);
	if (err)
		return err;
	plan->funcs = calloc(PLAN_FUNCS_MAX, sizeof(*plan->funcs));
	if (!plan->funcs)
		return explain(-ENOMEM, why, why_sz, "no memory for the probe plan");
	err = tracefs_read(&plan->tracepoints);
	if (err)
		return explain(err, why, why_sz,
			       "tracefs cannot be read: %s; mount it with `mount -t tracefs nodev "
			       "/sys/kernel/tracing`, and run as root or with cap_dac_read_search",
			       strerror(-err));
	if (!plan->tracepoints.is_there[TPE_kvm_exit])
		return explain(-ENOENT, why, why_sz,
			       "the kernel has no tracepoint kvm:kvm_exit, or it may not be read: is "
			       "`kvm` loaded, and are you root?");
	err = kernel_btf_load(&plan->btf, plan->vendor_module);
	if (err)
		return explain(err, why, why_sz,
			       "the kernel's type information (BTF) cannot be read: %s; the kernel "
			       "needs CONFIG_DEBUG_INFO_BTF, as Debian's kernels have it",
			       strerror(-err));
	err = rungs_find(plan, why, why_sz);
	if (!err)
		err = plan_walk(plan, vendor, why, why_sz);
	if (!err)
		plan->has_rounds = rounds_work(plan);
	return err;
}

static void func_release(struct plan_func *func)
{
	free(func->owned.args);
	free(func->owned.types);
	free(func->owned.returns);
}

void plan_release(struct plan *plan)
{
	kernel_btf_release(&plan->btf);
	for (uint32_t id = 0; id < plan->func_cnt; id++)
		func_release(&plan->funcs[id]);
	free(plan->funcs);
	plan->funcs = NULL;
	plan->func_cnt = 0;
}

struct plan_func *plan_func_add(struct plan *plan)
{
	return plan->func_cnt < PLAN_FUNCS_MAX ? &plan->funcs[plan->func_cnt++] : NULL;
}

const struct plan_func *plan_func_find(const struct plan *plan, const char *concept)
{
	for (uint32_t id = 0; id < plan->func_cnt; id++)
		if (!strcmp(plan->funcs[id].concept, concept))
			return &plan->funcs[id];
	return NULL;
}

int plan_add_user(struct plan *plan, const char *binary, const struct user_func *user)
{
	struct plan_func *func = plan_func_add(plan);
	const char *slash = strrchr(binary, '/');

	if (!func)
		return -ENOSPC;
	func->layer = LAYER_VMM;
	func->rung = RUNG_UPROBE;
	snprintf(func->owner, sizeof(func->owner), "%.63s", slash ? slash + 1 : binary);
	/* so /proc names a program that has been replaced or deleted */
	if (strstr(func->owner, " (deleted)"))
		*strstr(func->owner, " (deleted)") = '\0';
	snprintf(func->symbol, sizeof(func->symbol), "%s", user->symbol);
	func->concept = func->symbol;
	func->under = "";
	func->args = user->args;
	func->returns = user->returns;
	if (user->is_entry_only)
		snprintf(func->note, sizeof(func->note),
			 "by its entry alone: coroutines do not survive a return probe");
	return (int)(func - plan->funcs);
}

bool plan_wants_event(const struct plan *plan, enum tp_event event)
{
	bool is_of_exits = event == TPE_kvm_entry || event == TPE_kvm_exit ||
			   event == TPE_kvm_userspace_exit;

	return plan->tracepoints.is_there[event] &&
	       (is_of_exits || plan->options.detail != DETAIL_EXITS);
}
