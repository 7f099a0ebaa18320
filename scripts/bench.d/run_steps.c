/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Counts, one by one, the instructions that a running VMM executes in user space between two
 * KVM_RUNs of a vCPU: run_steps PID ROUNDS. It stops the threads of PID by ptrace(2), takes the
 * first that is in KVM_RUN, and steps it through so many rounds of its run loop; the processor
 * traps after each instruction of user space, so nothing is sampled or estimated. Prints two
 * numbers, medians over the rounds: all instructions (the SYSCALL is one), and those of them that
 * lie in the program itself, not in a library such as libc, whose ioctl() is on the way.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/kvm.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS_MAX    1000
#define SYSCALL_BYTES 0x050f /* 0f 05, little-endian */

static void die(const char *what)
{
	fprintf(stderr, "run_steps: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Where the program's own code is. */
static struct {
	unsigned long long begin, end;
} own;

static void find_own(const char *pid)
{
	char path[64], exe[4096], line[8192], flags[8];
	unsigned long long begin, end;
	ssize_t len;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	len = readlink(path, exe, sizeof(exe) - 1);
	if (len < 0)
		die(path);
	exe[len] = '\0';
	snprintf(path, sizeof(path), "/proc/%s/maps", pid);
	maps = fopen(path, "r");
	if (!maps)
		die(path);
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%llx-%llx %7s", &begin, &end, flags) == 3 && flags[2] == 'x' &&
		    strstr(line, exe))
			own.begin = begin, own.end = end;
	fclose(maps);
}

static bool is_kvm_run(unsigned long long nr, unsigned long long request)
{
	return nr == SYS_ioctl && (unsigned int)request == KVM_RUN;
}

/* Stops the thread. True if it was in KVM_RUN, which has now returned -EINTR. */
static bool stop_in_kvm_run(pid_t tid)
{
	struct user_regs_struct r;

	if (ptrace(PTRACE_SEIZE, tid, 0, 0) || ptrace(PTRACE_INTERRUPT, tid, 0, 0) ||
	    waitpid(tid, NULL, __WALL) != tid || ptrace(PTRACE_GETREGS, tid, 0, &r))
		die("ptrace");
	return is_kvm_run(r.orig_rax, r.rsi);
}

/* The thread of the process that is in KVM_RUN, stopped; 0 if none is just now. */
static pid_t find_vcpu(const char *pid)
{
	char path[64];
	struct dirent *e;
	pid_t found = 0;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%s/task", pid);
	tasks = opendir(path);
	if (!tasks)
		die(path);
	while (!found && (e = readdir(tasks))) {
		pid_t tid = atoi(e->d_name);

		if (tid && stop_in_kvm_run(tid))
			found = tid;
		else if (tid)
			ptrace(PTRACE_DETACH, tid, 0, 0);
	}
	closedir(tasks);
	return found;
}

struct round {
	int all, own;
};

/* Executes one instruction, and counts it. True if it was a KVM_RUN. */
static bool step(pid_t tid, struct round *round)
{
	struct user_regs_struct r;
	long code;
	int status;

	if (ptrace(PTRACE_GETREGS, tid, 0, &r))
		die("reading registers");
	errno = 0;
	code = ptrace(PTRACE_PEEKTEXT, tid, r.rip, 0);
	if (errno)
		die("reading code");
	if (ptrace(PTRACE_SINGLESTEP, tid, 0, 0) || waitpid(tid, &status, __WALL) != tid)
		die("stepping");
	if (!WIFSTOPPED(status)) {
		fputs("run_steps: the thread ended; let it run longer\n", stderr);
		exit(1);
	}
	round->all++;
	round->own += r.rip >= own.begin && r.rip < own.end;
	return (code & 0xffff) == SYSCALL_BYTES && is_kvm_run(r.rax, r.rsi);
}

static int compare(const void *a, const void *b)
{
	return ((const struct round *)a)->all - ((const struct round *)b)->all;
}

int main(int argc, char **argv)
{
	static struct round rounds[ROUNDS_MAX + 1];
	int cnt = argc == 3 ? atoi(argv[2]) : 0;
	pid_t tid = 0;

	if (cnt < 1 || cnt > ROUNDS_MAX) {
		fprintf(stderr, "usage: run_steps PID ROUNDS (1 to %d)\n", ROUNDS_MAX);
		return 2;
	}
	find_own(argv[1]);
	for (int tries = 1000; !tid && tries; tries--)
		tid = find_vcpu(argv[1]);
	if (!tid) {
		fprintf(stderr, "run_steps: %s: none of its threads is in KVM_RUN\n", argv[1]);
		return 1;
	}
	/* The first began with an interruption. */
	for (int i = 0; i <= cnt; i++)
		while (!step(tid, &rounds[i]))
			;
	ptrace(PTRACE_DETACH, tid, 0, 0);
	qsort(rounds + 1, (size_t)cnt, sizeof(rounds[0]), compare);
	printf("%d %d\n", rounds[1 + cnt / 2].all, rounds[1 + cnt / 2].own);
	return 0;
}
