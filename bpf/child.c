/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Starts COMMAND in two steps: fork, and, when the probes are there, execute. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bpf/child.h"

bool child_command_find(const char *command, char path[PATH_MAX])
{
	const char *dirs = getenv("PATH");

	if (strchr(command, '/')) {
		snprintf(path, PATH_MAX, "%s", command);
		return !access(path, X_OK);
	}
	for (const char *dir = dirs ? dirs : "/bin:/usr/bin"; dir; dir = strchr(dir, ':')) {
		dir += *dir == ':';
		snprintf(path, PATH_MAX, "%.*s/%s", (int)strcspn(dir, ":"), dir, command);
		if (!access(path, X_OK))
			return true;
	}
	return false;
}

/* In the child: wait for the word to go, then become COMMAND. Does not return. */
static void child_main(int go_fd, int err_fd, char *const argv[])
{
	char word;
	int err;

	/* Without the word the recorder is gone, and nobody wants COMMAND any more. */
	if (read(go_fd, &word, 1) != 1)
		_exit(127);
	execvp(argv[0], argv);
	err = errno;
	if (write(err_fd, &err, sizeof(err)) < 0)
		_exit(126);
	_exit(127);
}

int child_fork(struct child *child, char *const argv[], bool is_stdout_taken)
{
	int go[2], failed[2], err;

	memset(child, 0, sizeof(*child));
	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (pipe2(failed, O_CLOEXEC)) {
		err = -errno;
		close(go[0]);
		close(go[1]);
		return err;
	}
	child->pid = fork();
	if (child->pid == 0) {
		close(go[1]);
		close(failed[0]);
		if (is_stdout_taken)
			dup2(STDERR_FILENO, STDOUT_FILENO);
		child_main(go[0], failed[1], argv);
	}
	err = -errno;
	close(go[0]);
	close(failed[1]);
	child->go_fd = go[1];
	child->err_fd = failed[0];
	if (child->pid > 0) {
		child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
		if (child->pidfd >= 0)
			return 0;
		err = -errno;
	}
	close(go[1]);
	close(failed[0]);
	return err;
}

void child_go(struct child *child)
{
	/* It cannot fail: the pipe is empty, and a dead child shows itself by its end. */
	if (write(child->go_fd, "", 1) < 0)
		errno = 0;
	close(child->go_fd);
	child->go_fd = -1;
}

int child_exec_error(struct child *child)
{
	int err = 0;

	if (child->err_fd < 0)
		return 0;
	if (read(child->err_fd, &err, sizeof(err)) != sizeof(err))
		err = 0;
	close(child->err_fd);
	child->err_fd = -1;
	return err;
}

int child_wait(struct child *child)
{
	int status = 0;

	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

void child_release(struct child *child)
{
	if (child->go_fd >= 0) {
		close(child->go_fd);
		child->go_fd = -1;
		/* the keeper has the pipe too: its closing says nothing as long as we are there */
		kill(child->pid, SIGKILL);
		child_wait(child);
	}
	if (child->err_fd >= 0)
		close(child->err_fd);
	close(child->pidfd);
}
