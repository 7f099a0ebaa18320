/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree record: runs COMMAND and writes down what its VMs did. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bpf/clock.h"
#include "bpf/commands.h"
#include "bpf/keeper.h"
#include "bpf/privileges.h"
#include "bpf/record_run.h"
#include "bpf/record_say.h"
#include "bpf/user_report.h"

/*
 * What recording still takes once the probes are there: to read the ring's maps, to probe programs
 * that are executed later, whosever they are, and to let them go on.
 */
#define KEPT_CAPS                                                                                \
	(CAP_BIT(CAP_BPF) | CAP_BIT(CAP_PERFMON) | CAP_BIT(CAP_SYS_PTRACE) |                     \
	 CAP_BIT(CAP_DAC_READ_SEARCH) | CAP_BIT(CAP_KILL))

/* COMMAND's exit status is ours, as with env, time and strace. */
static int status_of(const struct session *s, int wait_status)
{
	if (WIFSIGNALED(wait_status)) {
		complain("%s was killed by signal %d (%s); the recording ends there",
			 s->options.command[0], WTERMSIG(wait_status),
			 strsignal(WTERMSIG(wait_status)));
		return 128 + WTERMSIG(wait_status);
	}
	return WEXITSTATUS(wait_status);
}

/* Everything up to the moment at which COMMAND may begin. Returns 0, or 1 when it complained. */
static int session_prepare(struct session *s)
{
	struct programs_options programs_options = {
		.ring_sz = s->options.ring_sz,
		.is_verbose = s->options.is_verbose,
		.is_choosy = s->selection,
		.vcpus = s->options.wish.vcpus_text ? s->options.wish.vcpus : NULL,
		.vm_tgid = s->options.wish.vm_pid ? s->target.pid : 0,
		.vm_fd = s->options.wish.vm_fd,
		.on_progress = session_attached,
		.context = s,
		.rules = &s->options.user_rules,
	};
	uint32_t planned;
	bool had_rounds = s->plan.has_rounds;
	uint64_t begin_ns;
	int err;

	if (target_open(&s->target))
		return 1;
	progress(s->options.is_quiet, "attaching the probes");
	begin_ns = clock_ns(CLOCK_MONOTONIC);
	if (programs_start(&s->programs, &s->plan, &programs_options, s->why, sizeof(s->why)))
		return complain("%s; `kvmtree doctor` shows what this kernel offers", s->why);
	session_attached_tell(s, clock_ns(CLOCK_MONOTONIC) - begin_ns);
	if (had_rounds && !s->plan.has_rounds)
		complain("%s: each event is recorded by itself, which costs more",
			 s->plan.funcs[IOCTL_FUNC_VCPU].rung != RUNG_FENTRY ?
				 "this kernel takes fentry on kvm_vcpu_ioctl, and does not call it" :
				 "this kernel's verifier refused the programs that record a turn of "
				 "the run loop at once");
	keeper_start(programs_stopped_fd(s->programs));
	/* what will be executed first need not be stopped for it */
	planned = s->plan.func_cnt;
	if (s->target.child_is_there)
		programs_probe_binary(s->programs, &s->plan, s->command_path);
	for (uint32_t i = 0; i < s->options.user_rules.cnt; i++)
		if (s->options.user_rules.at[i].file)
			programs_probe_binary(s->programs, &s->plan, s->options.user_rules.at[i].file);
	user_report_refused(&s->plan, planned);
	s->told_cnt = s->plan.func_cnt;
	if (session_file_open(s))
		return 1;
	record_signals_take(s);
	if (session_file_begin(s))
		return 1;
	err = recorder_new(&s->recorder, &(struct recorder_parts){
		s->programs, &s->plan, s->writer, s->selection, s->trigger, s->ring, &s->out_fd });
	if (err)
		return complain("the ring buffer cannot be read: %s", strerror(-err));
	if (!target_trace(&s->target, s->recorder, s->programs))
		return 0;
	if (s->is_output_ours)
		unlink(s->options.output);
	return 1;
}

/* COMMAND could not become a program: nothing was recorded, so no file shall say otherwise. */
static int exec_complain(const struct session *s, int exec_err)
{
	if (s->is_output_ours)
		unlink(s->options.output);
	complain("starting %s: %s; if it is a script, is the interpreter in its first line there?",
		 s->options.command[0], strerror(exec_err));
	return exec_err == ENOENT ? 127 : 126;
}

/* The exit that was waited for has come. Returns the exit status. */
static int session_stop(struct session *s)
{
	int err = session_file_end(s, 0);

	if (err)
		session_file_complain(s, err);
	complain("stopped after %s%s", trigger_text(s->trigger),
		 s->target.child_is_there ? "; COMMAND goes on, and is waited for" : "");
	session_summary_print(s);
	/* whoever reads the stream has it all */
	close(s->out_fd);
	s->out_fd = -1;
	if (!strcmp(s->options.output, "-"))
		dup2(STDERR_FILENO, STDOUT_FILENO);
	programs_stop(s->programs);
	s->programs = NULL;
	keeper_end();
	if (!s->target.child_is_there)
		return err ? 1 : 0;
	err = record_follow(s);
	return WIFSIGNALED(err) ? 128 + WTERMSIG(err) : WEXITSTATUS(err);
}

/* To put a file beside the first, with its owner and mode. */
#define RING_CAPS (CAP_BIT(CAP_DAC_OVERRIDE) | CAP_BIT(CAP_CHOWN) | CAP_BIT(CAP_FOWNER))

/* What this recording takes besides. */
static uint64_t more_caps(const struct session *s)
{
	bool has_uprobes = s->plan.can_uprobe && s->plan.options.detail != DETAIL_EXITS &&
			   !s->plan.options.is_kernel_only;

	/* uprobes want it since 6.16 and the stable kernels of that time, as they did until 5.8 */
	return (has_uprobes ? CAP_BIT(CAP_SYS_ADMIN) : 0) |
	       (s->ring ? RING_CAPS : 0);
}

static int session_run(struct session *s)
{
	int err, wait_status = 0, exec_err = 0;

	/* The recorder must not starve beside a guest that does nothing but exit. */
	setpriority(PRIO_PROCESS, 0, -20);
	privileges_keep(KEPT_CAPS | more_caps(s));
	if (s->target.child_is_there)
		child_go(&s->target.child);
	err = record_run(s);
	programs_hush(s->programs);
	recorder_finish(s->recorder);
	if (!err && recorder_is_over(s->recorder))
		return session_stop(s);
	if (s->target.child_is_there) {
		wait_status = child_wait(&s->target.child);
		exec_err = child_exec_error(&s->target.child);
	}
	if (exec_err)
		return exec_complain(s, exec_err);
	if (err)
		return 1;
	err = session_file_end(s, wait_status);
	if (err)
		return session_file_complain(s, err);
	session_summary_print(s);
	if (s->trigger)
		complain("no exit came that was waited for: it is recorded to the end");
	user_report_refused(&s->plan, s->told_cnt);
	user_report_unmet(&s->options.user_rules);
	return status_of(s, wait_status);
}

static int session_record(struct session *s)
{
	int status = session_prepare(s);

	return status ? status : session_run(s);
}

static void session_release(struct session *s)
{
	recorder_free(s->recorder);
	trace_writer_free(s->writer);
	ring_file_free(s->ring);
	trigger_free(s->trigger);
	free(s->meta);
	plan_release(&s->plan);
	selection_free(s->selection);
	target_release(&s->target);
	if (s->out_fd >= 0)
		close(s->out_fd);
	symbols_free(s->symbols);
	record_options_release(&s->options);
	programs_stop(s->programs);
}

int cmd_record(int argc, char **argv)
{
	struct session session = { .out_fd = -1, .signal_fd = -1, .target.fd = -1 };
	int status = record_options_parse(&session.options, argc, argv);

	if (status != RECORD_OPTIONS_GO)
		return status;
	keeper_begin();
	status = session_plan(&session);
	if (!status && session.options.is_dry_run)
		status = session_dry_run(&session);
	else if (!status)
		status = session_record(&session);
	session_release(&session);
	return status;
}
