/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* COMMAND: a process that waits to be let go, so that its first instruction can be recorded. */
#ifndef KVMTREE_CHILD_H
#define KVMTREE_CHILD_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct child {
	pid_t pid;
	int pidfd;  /* readable when it has ended */
	int go_fd;  /* write end: closed to let it go */
	int err_fd; /* read end: carries errno when it cannot be executed */
};

/* The file that execvp would take; false when there is none. */
bool child_command_find(const char *command, char path[PATH_MAX]);

/*
 * Forks; the child waits. With is_stdout_taken its standard output is our standard error, for
 * our standard output carries the trace. Returns 0 or -errno.
 */
int child_fork(struct child *child, char *const argv[], bool is_stdout_taken);

/* Lets it execute COMMAND; child_exec_error tells how that went. */
void child_go(struct child *child);

/*
 * 0 when COMMAND runs, or the errno of execvp. To be called when err_fd is readable, which
 * it is as soon as either is known.
 */
int child_exec_error(struct child *child);

/* Waits for its end. Returns its wait status. */
int child_wait(struct child *child);

/* Ends a child that has not been let go, and frees what it holds. */
void child_release(struct child *child);

#endif
