/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree record: runs COMMAND and writes down what its VMs did. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bpf/child.h"
#include "bpf/commands.h"
#include "bpf/environment.h"
#include "bpf/keeper.h"
#include "bpf/plan.h"
#include "bpf/programs.h"
#include "bpf/record_options.h"
#include "bpf/record_say.h"
#include "bpf/record_target.h"
#include "bpf/recorder.h"
#include "bpf/user_files.h"
#include "trace-viewer/symbols.h"
#include "trace-viewer/output.h"
#include "trace-viewer/trace_writer.h"

/* How long the ring may fill before it is looked at. */
#define DRAIN_EVERY_MS 10

#define PROGRESS_EVERY_S 2

struct session {
	struct record_options options;
	struct plan plan;
	struct programs *programs;
	struct trace_writer *writer;
	struct recorder *recorder;
	struct selection *selection; /* NULL: all is recorded */
	struct trigger *trigger;     /* NULL: it ends with what it is of */
	struct ring_file *ring;	     /* NULL: all of it is kept */
	char *meta; /* what the file says of itself */
	size_t meta_sz;
	struct target target;
	char command_path[PATH_MAX];
	bool is_output_ours; /* it was not there before */
	int out_fd, signal_fd;
	uint32_t told_cnt; /* of the plan's functions: who was refused was said */
	time_t progress_time; /* of the last line of progress; 0: none yet */
	struct symbols *symbols; /* of the guest, or NULL */
	char why[512];
};

static void progress(const struct session *s, const char *text)
{
	if (!s->options.is_quiet)
		fprintf(stderr, "kvmtree record: %s\n", text);
}

static int file_complain(const struct session *s, int err)
{
	const char *cure = err == -ENOSPC || err == -EFBIG || err == -EDQUOT ?
				   "make room, or write elsewhere with -o; what is written so far "
				   "can be read" :
				   "what is written so far can be read";

	return complain("writing %s: %s; %s", s->options.output, strerror(-err), cure);
}

static int output_open(struct session *s)
{
	struct stat st;

	if (!strcmp(s->options.output, "-")) {
		s->out_fd = dup(STDOUT_FILENO);
		if (isatty(STDOUT_FILENO))
			return complain("standard output is a terminal, and a trace is not text: "
					"send it to a file or a pipe");
		return 0;
	}
	s->out_fd = open(s->options.output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	s->is_output_ours = s->out_fd >= 0;
	if (s->out_fd < 0 && errno == EEXIST)
		s->out_fd = open(s->options.output, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (s->out_fd < 0)
		return complain("opening %s: %s; name another file with -o", s->options.output,
				strerror(errno));
	if (s->options.file_sz && (fstat(s->out_fd, &st) || !S_ISREG(st.st_mode)))
		return complain("--ring: %s is no ordinary file, which lets nothing go; name another with "
				"-o", s->options.output);
	return 0;
}

/* What was left out by wish: a reader must not take what is there for all that was. */
static void wish_print(const struct session *s, FILE *out)
{
	const struct selection_wish *wish = &s->options.wish;

	if (wish->vm)
		fprintf(out, "only_vm %s\n", wish->vm);
	if (wish->vcpus_text)
		fprintf(out, "only_vcpus %s\n", wish->vcpus_text);
	if (s->options.file_sz)
		fprintf(out, "ring_bytes %" PRIu64 "\n", s->options.file_sz);
}

/* What is known before the first record. Returns 0 or -errno. */
static int meta_make(struct session *s)
{
	size_t machine_sz;
	char *machine = environment_meta(s->plan.vendor, target_command(&s->target), &machine_sz);
	FILE *out = open_memstream(&s->meta, &s->meta_sz);

	if (machine && out) {
		fwrite(machine, 1, machine_sz, out);
		wish_print(s, out);
	}
	if (!out || fclose(out) || !machine) {
		free(machine);
		return -ENOMEM;
	}
	free(machine);
	return 0;
}

/* The head of a file: what a reader needs before the first record. */
static int head_write(void *session, struct trace_writer *writer)
{
	const struct session *s = session;
	int err = trace_writer_text(writer, TRACE_CHUNK_META, s->meta, s->meta_sz);
	size_t text_sz;
	char *text;

	if (err)
		return err;
	text = plan_funcs_text(&s->plan, 0, &text_sz);
	err = text ? trace_writer_text(writer, TRACE_CHUNK_FUNCS, text, text_sz) : -ENOMEM;
	if (text && s->trigger && writer == s->writer)
		trigger_funcs(s->trigger, text);
	free(text);
	return err || !s->symbols ? err : symbols_write(s->symbols, writer);
}

static int file_begin(struct session *s)
{
	int err = meta_make(s);

	if (!err)
		err = trace_writer_new(&s->writer, s->out_fd);
	if (!err)
		err = head_write(s, s->writer);
	if (!err && s->options.file_sz)
		err = ring_file_new(&s->ring, s->options.output, s->options.file_sz,
				    trace_writer_bytes(s->writer), head_write, s);
	return err;
}

/* The file's end. Its keys are in docs/trace-format.md. */
static int end_write(struct session *s, int wait_status)
{
	struct recorder_totals totals = recorder_totals(s->recorder);
	char text[1024];
	int n = snprintf(text, sizeof(text),
			 "records %" PRIu64 "\nexits %" PRIu64 "\nlost %" PRIu64 "\n"
			 "kvm_exits %" PRIu64 "\nvcpus_counted %" PRIu64 "\n",
			 totals.records, totals.exits, totals.lost, totals.kvm_exits, totals.vcpus);

	if (recorder_is_over(s->recorder))
		n += snprintf(text + n, sizeof(text) - (size_t)n, "stopped_after %.400s\n",
			      trigger_text(s->trigger));
	else if (s->target.child_is_there)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "wait_status %d\n", wait_status);
	return trace_writer_text(s->writer, TRACE_CHUNK_END, text, (size_t)n);
}

/* Signals come by descriptor from here on; the child was forked before and has its own. */
static void signals_take(struct session *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

/*
 * A signal for the recorder is meant for COMMAND, which the terminal may have told already. Where
 * there is none it ends the recording: then this returns true.
 */
static bool signal_take(struct session *s)
{
	struct signalfd_siginfo info;

	if (read(s->signal_fd, &info, sizeof(info)) != sizeof(info))
		return false;
	if (s->target.child_is_there && info.ssi_code != SI_KERNEL)
		kill(s->target.child.pid, (int)info.ssi_signo);
	return !s->target.child_is_there;
}

/*
 * Until COMMAND, or the process, has ended, or the user has enough. Returns 0, or -errno when the file could not be written: that is said
 * at once, and COMMAND goes on without being recorded.
 */
static int record_run(struct session *s)
{
	struct pollfd fds[] = {
		{ .fd = recorder_fd(s->recorder), .events = POLLIN },
		{ .fd = s->target.fd, .events = POLLIN },
		{ .fd = s->signal_fd, .events = POLLIN },
	};
	bool is_over = false;
	int err = 0;

	while (!is_over && !recorder_is_over(s->recorder) && !(fds[1].revents & POLLIN)) {
		if (poll(fds, 3, DRAIN_EVERY_MS) < 0 && errno != EINTR)
			return -errno;
		if (fds[2].revents & POLLIN)
			is_over = signal_take(s);
		/* even then: a program that waits for us must go on */
		recorder_drain(s->recorder);
		if (err)
			continue;
		err = recorder_flush_due(s->recorder);
		if (err) {
			file_complain(s, err);
			programs_hush(s->programs);
		}
	}
	return err;
}

static void summary_print(const struct session *s)
{
	struct recorder_totals totals = recorder_totals(s->recorder);

	if (!s->options.is_quiet)
		fprintf(stderr,
			"kvmtree record: %s: %" PRIu64 " exits, %" PRIu64 " records, %" PRIu64
			" bytes, %" PRIu64 " lost\n",
			s->options.output, totals.exits, totals.records,
			trace_writer_bytes(s->writer), totals.lost);
	if (totals.lost)
		complain("%" PRIu64 " records were lost: the buffer was full; give it more with "
			 "--buffer, now %zu KiB",
			 totals.lost, s->options.ring_sz >> 10);
	if (!totals.exits && totals.runs)
		complain("a VM ran, and KVM told of no exit: it did all in software, as kvm_pvm does with a "
			 "guest in real mode");
	else if (!totals.exits)
		complain("no VM ran: does %s use KVM?", target_command(&s->target)[0]);
}

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

#define FAILED_NAMED 5

/* Functions of programs that the kernel refused to probe, of those from `first` on. */
static void refused_complain(const struct session *s, uint32_t first)
{
	const struct plan_func *refused = NULL;
	char names[512] = "";
	size_t n = 0;
	uint32_t cnt = 0;

	for (uint32_t id = first; id < s->plan.func_cnt; id++) {
		const struct plan_func *func = &s->plan.funcs[id];

		if (func->layer != LAYER_VMM || func->rung != RUNG_MISSING)
			continue;
		refused = func;
		if (cnt++ < FAILED_NAMED && n < sizeof(names))
			n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s", n ? ", " : "",
					      func->symbol);
	}
	if (refused)
		complain("%u function%s of a program cannot be traced: %s%s: %s", cnt,
			 cnt == 1 ? "" : "s", names,
			 cnt > FAILED_NAMED ? " ..." : "", refused->note);
}

/* What --user-function named, and the recording did not meet. */
static void unmet_complain(const struct session *s)
{
	for (uint32_t i = 0; i < s->options.user_rules.cnt; i++) {
		const struct user_rule *rule = &s->options.user_rules.at[i];

		if (!rule->is_met)
			complain("--user-function %s: no program of that name was executed", rule->text);
		else if (!rule->match_cnt)
			complain("--user-function %s: %s was executed, and has no such function",
				 rule->text, rule->binary);
	}
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
static int session_plan(struct session *s)
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
		progress(s, s->plan.why_no_functions);
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
	user_funcs_release(&funcs);
}

/* The functions of COMMAND are found, as they would be when it is executed. */
static int dry_run(struct session *s)
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

/* A line now and then, when there is much to attach. */
static void on_attached(void *context, uint32_t done_cnt, uint32_t func_cnt)
{
	struct session *s = context;
	time_t now = time(NULL);

	if (s->options.is_quiet || now - s->progress_time < PROGRESS_EVERY_S)
		return;
	if (s->progress_time)
		fprintf(stderr, "kvmtree record: attached %u of %u functions\n", done_cnt, func_cnt);
	s->progress_time = now;
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Whoever asked for more than the walk is told what came of it. */
static void attached_tell(const struct session *s, double took_s)
{
	uint32_t attached = 0, refused = 0;

	if (s->options.is_quiet ||
	    (!s->options.functions.cnt && s->options.plan.detail != DETAIL_FULL))
		return;
	for (uint32_t id = 0; id < s->plan.func_cnt; id++) {
		attached += plan_is_traced(&s->plan.funcs[id]);
		refused += s->plan.funcs[id].is_refused;
	}
	fprintf(stderr, "kvmtree record: attached to %u functions in %.1f s; the kernel refused %u, %u cannot "
			"be traced\n",
		attached, took_s, refused, s->plan.skipped_cnt);
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
		.on_progress = on_attached,
		.context = s,
		.rules = &s->options.user_rules,
	};
	uint32_t planned;
	bool had_rounds = s->plan.has_rounds;
	double begin_s;
	int err;

	if (target_open(&s->target))
		return 1;
	progress(s, "attaching the probes");
	begin_s = now_s();
	if (programs_start(&s->programs, &s->plan, &programs_options, s->why, sizeof(s->why)))
		return complain("%s; `kvmtree doctor` shows what this kernel offers", s->why);
	attached_tell(s, now_s() - begin_s);
	if (had_rounds && !s->plan.has_rounds)
		complain("this kernel's verifier refused the programs that record a turn of the run "
			 "loop at once: each event is recorded by itself, which costs more");
	keeper_start(programs_stopped_fd(s->programs));
	/* what will be executed first need not be stopped for it */
	planned = s->plan.func_cnt;
	if (s->target.child_is_there)
		programs_probe_binary(s->programs, &s->plan, s->command_path);
	for (uint32_t i = 0; i < s->options.user_rules.cnt; i++)
		if (s->options.user_rules.at[i].file)
			programs_probe_binary(s->programs, &s->plan, s->options.user_rules.at[i].file);
	refused_complain(s, planned);
	s->told_cnt = s->plan.func_cnt;
	if (output_open(s))
		return 1;
	signals_take(s);
	err = file_begin(s);
	if (err == -EMSGSIZE)
		return complain("--ring %" PRIu64 ": functions and symbols alone take %" PRIu64 " bytes; give it "
				"more", s->options.file_sz, trace_writer_bytes(s->writer));
	if (err)
		return file_complain(s, err);
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

/* After the end of the recording: COMMAND goes on as if nothing had been. Returns its wait status. */
static int command_follow(struct session *s)
{
	struct pollfd fds[] = {
		{ .fd = s->target.fd, .events = POLLIN },
		{ .fd = s->signal_fd, .events = POLLIN },
	};

	while (!(fds[0].revents & POLLIN)) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
		if (fds[1].revents & POLLIN)
			signal_take(s);
	}
	return child_wait(&s->target.child);
}

/* The exit that was waited for has come. Returns the exit status. */
static int session_stop(struct session *s)
{
	int err = end_write(s, 0);

	if (err)
		file_complain(s, err);
	complain("stopped after %s%s", trigger_text(s->trigger),
		 s->target.child_is_there ? "; COMMAND goes on, and is waited for" : "");
	summary_print(s);
	/* whoever reads the stream has it all */
	close(s->out_fd);
	s->out_fd = -1;
	if (!strcmp(s->options.output, "-"))
		dup2(STDERR_FILENO, STDOUT_FILENO);
	programs_stop(s->programs);
	s->programs = NULL;
	if (!s->target.child_is_there)
		return err ? 1 : 0;
	err = command_follow(s);
	return WIFSIGNALED(err) ? 128 + WTERMSIG(err) : WEXITSTATUS(err);
}

static int session_run(struct session *s)
{
	int err, wait_status = 0, exec_err = 0;

	/* The recorder must not starve beside a guest that does nothing but exit. */
	setpriority(PRIO_PROCESS, 0, -20);
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
	err = end_write(s, wait_status);
	if (err)
		return file_complain(s, err);
	summary_print(s);
	if (s->trigger)
		complain("no exit came that was waited for: it is recorded to the end");
	refused_complain(s, s->told_cnt);
	unmet_complain(s);
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
		status = dry_run(&session);
	else if (!status)
		status = session_record(&session);
	session_release(&session);
	return status;
}
