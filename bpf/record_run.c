/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* While COMMAND runs: its records are taken, signals passed on, its end awaited. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "bpf/record_run.h"
#include "bpf/record_say.h"

/* How long the ring may fill before it is looked at. */
#define DRAIN_EVERY_MS 10

void record_signals_take(struct session *s)
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

int record_run(struct session *s)
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
			session_file_complain(s, err);
			programs_hush(s->programs);
		}
	}
	return err;
}

int record_follow(struct session *s)
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
