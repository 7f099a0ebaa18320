/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The sandbox, each time in a child of its own, as it is for good. No KVM. */
#include <fcntl.h>
#include <linux/kvm.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "vmm/seccomp.h"
#include "vmm/status.h"

/* What a child does inside; 0 if it found what it should. */
typedef int deed_fn(void);

/* Runs deed in a sandboxed child; returns its exit status, with what it said in said. */
static int inside(enum sandbox sandbox, deed_fn *deed, char *said, size_t said_sz)
{
	int err[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe2(err, O_CLOEXEC), 0);
	pid = fork();
	if (!pid) {
		dup2(err[1], STDERR_FILENO);
		_exit(sandbox_enter(sandbox) ? 99 : deed());
	}
	close(err[1]);
	while (len < said_sz - 1 && (n = read(err[0], said + len, said_sz - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	close(err[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int open_file(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC) < 0;
}

static int needed_calls(void)
{
	uint8_t byte;

	/* They fail, for want of a descriptor: but they are let through. */
	return ioctl(-1, KVM_RUN, 0) == -1 && ioctl(-1, TCSETSW, 0) == -1 &&
			       syscall(SYS_getrandom, &byte, 1, 0) == 1 && getpid() > 0
		       ? 0
		       : 1;
}

static int type_into_terminal(void)
{
	return ioctl(STDIN_FILENO, TIOCSTI, "x") != -1;
}

static int other_descriptors(void)
{
	/* 200 was left open for us without O_CLOEXEC, 201 is our own. */
	return read(200, NULL, 0) == -1 && read(201, NULL, 0) == 0 ? 0 : 1;
}

static void lets_through(void **state)
{
	char said[512];

	(void)state;
	assert_int_equal(inside(SANDBOX_ON, needed_calls, said, sizeof(said)), 0);
	assert_string_equal(said, "");
}

static void refuses(void **state)
{
	char said[512], number[32];

	(void)state;
	assert_int_equal(inside(SANDBOX_ON, open_file, said, sizeof(said)), VMM_NO_MACHINE);
	snprintf(number, sizeof(number), "system call %d refused", SYS_openat);
	assert_non_null(strstr(said, number));
	assert_int_equal(inside(SANDBOX_ON, type_into_terminal, said, sizeof(said)),
			 VMM_NO_MACHINE);
}

static void off_and_log(void **state)
{
	char said[512];

	(void)state;
	assert_int_equal(inside(SANDBOX_OFF, open_file, said, sizeof(said)), 0);
	assert_int_equal(inside(SANDBOX_LOG, open_file, said, sizeof(said)), 0);
	assert_string_equal(said, "");
}

static void closes_inherited(void **state)
{
	char said[512];
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(dup2(fd, 200), 200);
	assert_int_equal(dup3(fd, 201, O_CLOEXEC), 201);
	assert_int_equal(inside(SANDBOX_ON, other_descriptors, said, sizeof(said)), 0);
	close(fd);
	close(200);
	close(201);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lets_through),
		cmocka_unit_test(refuses),
		cmocka_unit_test(off_and_log),
		cmocka_unit_test(closes_inherited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
