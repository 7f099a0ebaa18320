/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From the options to a plan: whom to record, what of it, and by which probes. */
#include <stdio.h>
#include <string.h>

#include "bpf/child.h"
#include "bpf/environment.h"
#include "bpf/record_say.h"
#include "bpf/record_session.h"
#include "bpf/user_files.h"
#include "bpf/user_report.h"
#include "trace-viewer/output.h"

static int user_functions_check(struct session *s)
{
	const struct user_target target = {
		.command_path = *s->command_path ? s->command_path : NULL, .pid = s->target.pid,
	};

	if (!s->options.user_rules.cnt)
		return 0;
	if (!s->plan.can_uprobe)
		return complain("--user-function: uprobes cannot be had: this kernel lacks "
				"CONFIG_KPROBES or CONFIG_UPROBES");
	return user_files_find(&s->options.user_rules, &target, s->why, sizeof(s->why)) ?
		       complain("%s", s->why) : 0;
}

/* Whom to record, and what of it. Returns 0, or 1 when it complained. */
static int session_select(struct session *s)
{
	const struct selection_wish *wish = &s->options.wish;
	const struct trigger_wish *trigger = &s->options.trigger;
	bool may_trace_all = environment_may_trace_all();

	if (target_find(&s->target, &s->options))
		return 1;
	if (wish->vm_pid && !s->plan.has_rounds &&
	    (s->options.plan.detail == DETAIL_EXITS || !plan_is_traced(&s->plan.funcs[IOCTL_FUNC_VCPU])))
		return complain("--vm %s: without its ioctls the VMs of a process cannot be told apart here: "
				"leave out --detail exits, or take another rung", wish->vm);
	if (trigger_check(trigger, &s->plan, s->why, sizeof(s->why)))
		return complain("%s", s->why);
	if (trigger->until || trigger->has_slower)
		s->trigger = trigger_new(trigger);
	if (wish->vm || !may_trace_all)
		s->selection = selection_new(wish, may_trace_all);
	return (s->trigger || (!trigger->until && !trigger->has_slower)) &&
			       (s->selection || (!wish->vm && may_trace_all)) ?
		       0 :
		       complain("no memory");
}

/* What would be attached, kernel and COMMAND. Returns 0, or the exit status when it complained. */
int session_plan(struct session *s)
{
	if (s->options.command[0] &&
	    !child_command_find(s->options.command[0], s->command_path)) {
		complain("starting %s: there is no such program; is it spelled right, and is it in "
			 "PATH?",
			 s->options.command[0]);
		return 127;
	}
	if (s->options.symbols) {
		s->symbols = symbols_open(s->options.symbols, s->why, sizeof(s->why));
		if (!s->symbols)
			return complain("--symbols %s: %s", s->options.symbols, s->why);
	}
	if (environment_check(s->why, sizeof(s->why)) ||
	    plan_make(&s->plan, &s->options.plan, s->why, sizeof(s->why)))
		return complain("%s", s->why);
	if (*s->plan.why_no_functions && s->options.plan.probe_with == PROBE_WITH_BEST)
		progress(s->options.is_quiet, s->plan.why_no_functions);
	for (unsigned int i = 0; i < s->options.functions.cnt; i++)
		if (plan_add_functions(&s->plan, s->options.functions.at[i], s->options.has_consent,
				       s->why, sizeof(s->why)))
			return complain("%s", s->why);
	if (s->options.plan.detail == DETAIL_FULL &&
	    plan_add_functions(&s->plan, "*", s->options.has_consent, s->why, sizeof(s->why)))
		return complain("%s", s->why);
	if (session_select(s))
		return 1;
	return user_functions_check(s);
}

static void dry_probe(struct session *s, const char *path)
{
	struct user_funcs funcs;

	if (!user_funcs_find(&funcs, path, path, &s->options.user_rules))
		for (uint32_t i = 0; i < funcs.cnt; i++)
			plan_add_user(&s->plan, path, &funcs.at[i]);
	user_report_cut(path, &funcs);
	user_funcs_release(&funcs);
}

/* The functions of COMMAND are found, as they would be when it is executed. */
int session_dry_run(struct session *s)
{
	const struct user_rules *rules = &s->options.user_rules;
	const struct selection_wish *wish = &s->options.wish;
	struct output out;

	if (s->target.pid)
		snprintf(s->command_path, sizeof(s->command_path), "/proc/%d/exe", (int)s->target.pid);
	if (!s->options.plan.is_kernel_only)
		dry_probe(s, s->command_path);
	for (uint32_t i = 0; i < rules->cnt; i++)
		if (rules->at[i].file && !rules->at[i].is_met)
			dry_probe(s, rules->at[i].file);
	output_begin(&out, &(struct output_options){ .no_pager = true });
	fprintf(out.file, "Recorded: %s, vCPUs %s of VMs %s\n\n", target_command(&s->target)[0],
		wish->vcpus_text ? wish->vcpus_text : "all", wish->vm ? wish->vm : "all");
	plan_print(&s->plan, &out);
	output_end(&out, "kvmtree record");
	return 0;
}
