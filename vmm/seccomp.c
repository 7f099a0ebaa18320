/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns the sandbox. The filter is written by hand from the rows of syscalls.def, as a library for
 * it would be the only one that vmm needs. Documentation/userspace-api/seccomp_filter.rst.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/kvm.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vmm/complain.h"
#include "vmm/console.h"
#include "vmm/seccomp.h"
#include "vmm/status.h"

#define LOAD(field)    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define MASK(bits)     BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits)
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)

/* If what was loaded is value, the next instruction, else the one after it. */
#define IF(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1)

/* If what was loaded is value, the next n are skipped. */
#define SKIP_IF(value, n)     BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, n, 0)
#define SKIP_UNLESS(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, n)

/* The second byte of a request is its group: all of KVM's are in one. */
#define GROUP_MASK 0xff00
#define KVM_GROUP  (KVMIO << 8)

/* TCGETS, TCSETS and their like are the first eight of the terminal's. */
#define TERMIOS_MASK  0xfffffff8
#define TERMIOS_GROUP (TCGETS & TERMIOS_MASK)

/*
 * KVM_RUN comes by here at each exit, so ioctl is first. Of its requests KVM's own are allowed
 * (the lower half of the argument), and those that put the terminal back; others, such as to
 * type into the terminal (TIOCSTI), are not. The refusal is the last, filled in later.
 */
static struct sock_filter filter[] = {
	LOAD(arch),
	SKIP_IF(AUDIT_ARCH_X86_64, 1),
	RETURN(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),
	SKIP_UNLESS(__NR_ioctl, 8),
	LOAD(args[1]),
	MASK(GROUP_MASK),
	SKIP_IF(KVM_GROUP, 3),
	LOAD(args[1]),
	MASK(TERMIOS_MASK),
	IF(TERMIOS_GROUP),
	RETURN(SECCOMP_RET_ALLOW),
	LOAD(nr),
#define SYSCALL(name, why) IF(__NR_##name), RETURN(SECCOMP_RET_ALLOW),
#include "vmm/syscalls.def"
#undef SYSCALL
	RETURN(SECCOMP_RET_TRAP),
};

#define FILTER_CNT (sizeof(filter) / sizeof(filter[0]))

/* On the thread that was refused; the kernel has not done what it asked. */
static void refused(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	complain("seccomp: system call %d refused: vmm does not need it once its machines are "
		 "built, so a guest may have broken out; if not, report it ('vmm --seccomp log' "
		 "goes on)",
		 info->si_syscall);
	console_restore();
	_exit(VMM_NO_MACHINE);
}

static int install(enum sandbox sandbox)
{
	struct sock_fprog program = {.len = FILTER_CNT, .filter = filter};
	struct sigaction action = {.sa_sigaction = refused, .sa_flags = SA_SIGINFO};
	long ret;

	if (sandbox == SANDBOX_LOG)
		filter[FILTER_CNT - 1].k = SECCOMP_RET_LOG;
	sigaction(SIGSYS, &action, NULL);
	/* Without privileges it is allowed only to who can gain none. */
	ret = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!ret)
		ret = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC,
			      &program);
	if (!ret)
		return 0;
	ret = ret > 0 ? ESRCH : errno; /* > 0: the thread that could not be bound */
	complain("seccomp: %s; 'vmm --seccomp off' runs without", strerror((int)ret));
	return (int)-ret;
}

/* Ours are all O_CLOEXEC, KVM's too: what is not was there before us. */
static void close_inherited(void)
{
	DIR *fds = opendir("/proc/self/fd");
	struct dirent *e;

	if (!fds)
		return;
	while ((e = readdir(fds))) {
		int fd = atoi(e->d_name), flags = fcntl(fd, F_GETFD);

		if (fd > STDERR_FILENO && flags >= 0 && !(flags & FD_CLOEXEC))
			close(fd);
	}
	closedir(fds);
}

int sandbox_enter(enum sandbox sandbox)
{
	if (sandbox == SANDBOX_OFF)
		return 0;
	close_inherited();
	return install(sandbox);
}
