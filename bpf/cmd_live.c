/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree live: the exit mix as it happens, on the screen or for programs. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/clock.h"
#include "bpf/commands.h"
#include "bpf/environment.h"
#include "bpf/live.h"
#include "bpf/live_format.h"
#include "bpf/privileges.h"

struct live_command {
	long pid, interval, count, vcpus;
	bool is_once;
	const char *format, *output;
};

/* What it still takes to read the counts; to attach the programs for details, too: privileges_perf_caps(). */
#define KEPT_CAPS (CAP_BIT(CAP_BPF) | CAP_BIT(CAP_PERFMON) | CAP_BIT(CAP_DAC_READ_SEARCH))

#define AT(field) offsetof(struct live_command, field)

static const struct option_row rows[] = {
	OPT_NUMBER('p', "pid", AT(pid), "PID", 1, INT_MAX, "only the VMs of this process"),
	OPT_NUMBER('i', "interval", AT(interval), "SECONDS", 1, 86400, "look so often (default 1)"),
	OPT_FLAG(0, "once", AT(is_once), "look once, after an interval, and end"),
	OPT_NUMBER('n', "count", AT(count), "N", 1, LONG_MAX, "look so often and end"),
	OPT_CHOICE('f', "format", AT(format), "FORM", "text|json|csv|openmetrics", "write, do not draw"),
	OPT_STRING('o', "output", AT(output), "FILE", "write FILE anew at each look, whole at any moment"),
	OPT_NUMBER(0, "vcpus", AT(vcpus), "N", 16, 4096, "room for so many vCPUs (default 128)"),
	OPT_END,
};

const struct option_spec live_spec = {
	.command = "kvmtree live",
	.usage = "[options]",
	.about = "Counts the exits of all VMs in the kernel and shows the mix every second.",
	.rows = rows,
};

static int complain(const char *what, const char *why, const char *remedy)
{
	fprintf(stderr, "kvmtree live: %s: %s; %s\n", what, why, remedy);
	return EXIT_FAILURE;
}

/* --- writing ----------------------------------------------------------------------- */

static bool look_write(const struct live *live, const char *format, bool has_head, FILE *file)
{
	struct live_table tables[3] = { 0 };
	static const enum live_level levels[3] = { LIVE_BY_VCPU, LIVE_BY_ROW, LIVE_BY_REASON };
	struct live_look look = {
		.vcpus = &tables[0], .rows = &tables[1], .reasons = &tables[2],
		.time_ns = clock_ns(CLOCK_REALTIME), .unplaced = live_kernel_unplaced(live->kernel), .has_head = has_head,
	};
	bool is_well = true;

	for (size_t i = 0; i < 3; i++) {
		struct live_focus focus = { .level = levels[i], .row = -1 };

		is_well &= live_fill(live, &tables[i], &focus, LIVE_SORT_CNT);
	}
	if (is_well)
		live_format(format)(file, &look);
	for (size_t i = 0; i < 3; i++)
		live_table_release(&tables[i]);
	errno = is_well ? errno : ENOMEM;
	return is_well && !fflush(file) && !ferror(file);
}

/* Readers see the old file or the new one, never half of it. */
static bool look_replace(const struct live *live, const char *format, const char *path)
{
	char temporary[PATH_MAX];
	FILE *file;
	int fd;

	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= sizeof(temporary)) {
		errno = ENAMETOOLONG;
		return false;
	}
	fd = mkostemp(temporary, O_CLOEXEC);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		return false;
	/* whoever collects metrics is another user */
	if (look_write(live, format, true, file) && !fchmod(fd, 0644) && !fclose(file) &&
	    !rename(temporary, path))
		return true;
	fd = errno;
	unlink(temporary);
	errno = fd;
	return false;
}

static int write_out(const struct live *live, const struct live_command *cmd, bool has_head)
{
	const char *format = cmd->format ? cmd->format : "text";

	if (cmd->output ? look_replace(live, format, cmd->output) : look_write(live, format, has_head, stdout))
		return EXIT_SUCCESS;
	if (errno == EPIPE)
		return EXIT_FAILURE; /* whoever read has seen enough */
	return complain(cmd->output ? cmd->output : "standard output", strerror(errno),
			"make room, or write elsewhere with -o");
}

/* Until a signal asks for the end, or enough was written. */
static int run(struct live *live, const struct live_command *cmd)
{
	sigset_t signals;
	struct pollfd ended = { .events = POLLIN };
	int status = EXIT_SUCCESS;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	ended.fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (cmd->interval > 2)
		fprintf(stderr, "kvmtree live: counting; the next look is in %ld s, or at Ctrl-C\n", cmd->interval);
	for (long i = 0; status == EXIT_SUCCESS && (!cmd->count || i < cmd->count); i++) {
		bool is_last = poll(&ended, 1, (int)cmd->interval * 1000) > 0;

		live_look(live, false);
		status = write_out(live, cmd, !i);
		if (is_last)
			break;
	}
	close(ended.fd);
	return status;
}

#ifndef KVMTREE_WITH_CURSES
int live_screen(struct live *live, int interval_ms)
{
	(void)live, (void)interval_ms;
	return complain("the screen", "this kvmtree was built without ncurses",
			"build it where libncurses-dev is installed, or use --format text");
}
#endif

int cmd_live(int argc, char **argv)
{
	struct live_command cmd = { .interval = 1, .vcpus = 128 };
	uint32_t slot_cnt = 16;
	char why[512];
	struct live live;
	int first, status;
	bool is_screen;

	if (options_parse(&live_spec, &cmd, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	if (cmd.is_once)
		cmd.count = 1;
	while (slot_cnt < cmd.vcpus)
		slot_cnt *= 2;
	if (cmd.pid && kill((pid_t)cmd.pid, 0) && errno == ESRCH)
		return complain("--pid", "there is no such process", "`kvmtree live` without it shows all VMs");
	if (cmd.pid && !privileges_may_trace((pid_t)cmd.pid))
		return complain("--pid", "that process belongs to another user, and you may not ptrace it",
				"that takes CAP_SYS_PTRACE: run it as root");
	if (environment_check(why, sizeof(why)) ||
	    (!cmd.pid && !privileges_all_users(why, sizeof(why))) || live_begin(&live, (pid_t)cmd.pid, slot_cnt, why, sizeof(why))) {
		fprintf(stderr, "kvmtree live: %s\n", why);
		return EXIT_FAILURE;
	}
	is_screen = !cmd.format && !cmd.output && !cmd.count && isatty(STDOUT_FILENO);
	privileges_keep(KEPT_CAPS | (is_screen ? privileges_perf_caps() : 0) |
			(cmd.output ? CAP_BIT(CAP_DAC_OVERRIDE) : 0));
	status = is_screen ? live_screen(&live, (int)cmd.interval * 1000) : run(&live, &cmd);
	live_end(&live);
	return status;
}
