/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The child that is the last to let go of the eBPF programs. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "bpf/background.h"

/* Of more than these nobody inherits; a few too many kept would do no harm. */
#define INHERITED_MAX 1024

static bool is_inherited[INHERITED_MAX];

void background_begin(void)
{
	for (int fd = 0; fd < INHERITED_MAX; fd++)
		is_inherited[fd] = fcntl(fd, F_GETFD) >= 0;
}

/* In the child: holds nothing but what we opened, and waits for our end. Does not return. */
static void child_main(int ended_fd)
{
	sigset_t none;
	char byte;

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (chdir("/"))
		_exit(1);
	for (int fd = 0; fd < INHERITED_MAX; fd++)
		if (is_inherited[fd])
			close(fd);
	/* Nothing is ever written: this returns when the write end is closed by our parent's end. */
	_exit(read(ended_fd, &byte, 1) < 0);
}

/*
 * The kernel takes a tenth of a second to detach each function, for it waits until nobody can be
 * in it. It does so as the last descriptor is closed.
 */
bool background_release(void)
{
	int ended[2];
	pid_t pid;

	if (pipe2(ended, O_CLOEXEC))
		return false;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		close(ended[1]);
		child_main(ended[0]);
	}
	close(ended[0]);
	if (pid < 0)
		close(ended[1]);
	return pid > 0;
}
