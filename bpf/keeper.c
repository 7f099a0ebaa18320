/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The process that outlives the recorder. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>
#include <linux/types.h>
#include <bpf/bpf.h>

#include "bpf/keeper.h"
#include "bpf/privileges.h"

/* Of more than these nobody inherits; a few too many kept would do no harm. */
#define INHERITED_MAX 1024

static bool is_inherited[INHERITED_MAX];
static int keeper_fd = -1; /* its end tells the keeper of ours */

void keeper_begin(void)
{
	for (int fd = 0; fd < INHERITED_MAX; fd++)
		is_inherited[fd] = fcntl(fd, F_GETFD) >= 0;
}

static void stopped_continue(int stopped_fd)
{
	__u32 tgid;

	while (!bpf_map_get_next_key(stopped_fd, NULL, &tgid)) {
		kill((pid_t)tgid, SIGCONT);
		if (bpf_map_delete_elem(stopped_fd, &tgid))
			break;
	}
}

/* In the child: holds nothing but what we opened, and waits for our end. Does not return. */
static void keeper_main(int ended_fd, int stopped_fd)
{
	sigset_t none;
	char byte;

	setsid();
	privileges_keep(CAP_BIT(CAP_BPF) | CAP_BIT(CAP_KILL));
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (chdir("/"))
		_exit(1);
	for (int fd = 0; fd < INHERITED_MAX; fd++)
		if (is_inherited[fd])
			close(fd);
	/* Nothing is ever written: this returns when the write end is closed by our parent's end. */
	while (read(ended_fd, &byte, 1) < 0 && errno == EINTR)
		;
	stopped_continue(stopped_fd);
	_exit(0);
}

int keeper_start(int stopped_fd)
{
	int ended[2], err;
	pid_t pid;

	if (pipe2(ended, O_CLOEXEC))
		return -errno;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		close(ended[1]);
		keeper_main(ended[0], stopped_fd);
	}
	err = -errno;
	close(ended[0]);
	if (pid > 0) {
		keeper_fd = ended[1]; /* open until we end, or want the keeper to */
		return 0;
	}
	close(ended[1]);
	return err;
}

void keeper_end(void)
{
	if (keeper_fd >= 0)
		close(keeper_fd);
	keeper_fd = -1;
}
