/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Capabilities, by the system calls themselves: libcap would be a library for two calls. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf/privileges.h"

/*
 * What it takes without CAP_SYS_ADMIN: CAP_BPF and CAP_PERFMON for programs and probes;
 * CAP_DAC_READ_SEARCH for tracefs, which is root's; CAP_SYS_PTRACE to record other users' VMMs.
 */
#define SETCAP_WORDS "cap_bpf,cap_perfmon,cap_dac_read_search=ep"

static bool caps_get(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return !syscall(SYS_capget, &header, data);
}

uint64_t privileges_effective(void)
{
	struct __user_cap_data_struct data[2];

	if (!caps_get(data))
		return 0;
	return data[0].effective | (uint64_t)data[1].effective << 32;
}

void privileges_keep(uint64_t caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (!caps_get(data))
		return;
	for (int i = 0; i < 2; i++) {
		data[i].permitted &= (__u32)(caps >> 32 * i);
		data[i].effective &= (__u32)(caps >> 32 * i);
	}
	/* to have less than one has is always allowed */
	syscall(SYS_capset, &header, data);
}

/* This program's own file, for a command line that names it. */
static void own_path(char path[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (n < 0)
		n = snprintf(path, PATH_MAX, "kvmtree");
	path[n] = '\0';
}

/*
 * Debian's kernels open perf events, which carry probes, to CAP_SYS_ADMIN alone where
 * kernel.perf_event_paranoid is 3 or more; others know no 3. So one that does nothing is tried.
 */
static bool perf_events_are_refused(void)
{
	struct perf_event_attr nothing = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(nothing),
		.config = PERF_COUNT_SW_DUMMY,
		.disabled = 1,
	};
	int fd = (int)syscall(SYS_perf_event_open, &nothing, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		return errno == EACCES || errno == EPERM;
	close(fd);
	return false;
}

uint64_t privileges_perf_caps(void)
{
	FILE *file = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
	int level = 0;

	if (file) {
		if (fscanf(file, "%d", &level) != 1)
			level = 0;
		fclose(file);
	}
	return CAP_BIT(CAP_PERFMON) | (level > 2 ? CAP_BIT(CAP_SYS_ADMIN) : 0);
}

int privileges_check(char *why, size_t why_sz)
{
	static const struct {
		int cap;
		const char *name;
	} needed[] = { { CAP_BPF, "CAP_BPF" }, { CAP_PERFMON, "CAP_PERFMON" } };
	uint64_t caps = privileges_effective();
	char path[PATH_MAX], lacks[64] = "";

	if (caps & CAP_BIT(CAP_SYS_ADMIN))
		return 0;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!(caps & CAP_BIT(needed[i].cap)))
			snprintf(lacks + strlen(lacks), sizeof(lacks) - strlen(lacks), "%s%s",
				 *lacks ? " and " : "", needed[i].name);
	if (!*lacks && !perf_events_are_refused())
		return 0;
	if (!*lacks) {
		snprintf(why, why_sz,
			 "this kernel opens perf events, and with them probes, to root alone: run it as "
			 "root: `sudo kvmtree ...`, or let those have them who have CAP_PERFMON: `sudo sysctl "
			 "kernel.perf_event_paranoid=2`");
		return -EPERM;
	}
	own_path(path);
	snprintf(why, why_sz,
		 "you lack %s, which it takes to load and attach eBPF programs; run it as root: "
		 "`sudo kvmtree ...`, or give it once what it takes: `sudo setcap " SETCAP_WORDS
		 " %.256s`",
		 lacks, path);
	return -EPERM;
}

bool privileges_all_users(char *why, size_t why_sz)
{
	char path[PATH_MAX];

	if (privileges_effective() & CAP_BIT(CAP_SYS_PTRACE))
		return true;
	own_path(path);
	snprintf(why, why_sz,
		 "you lack CAP_SYS_PTRACE, which it takes to look at VMs of other users; run it as root, "
		 "give it once what it takes: `sudo setcap cap_sys_ptrace,%s %.256s`, or name a process of "
		 "your own with --pid",
		 SETCAP_WORDS, path);
	return false;
}

bool privileges_may_trace(pid_t pid)
{
	char path[64], target[8];

	/* the kernel asks just this before it tells what a process executes (ptrace_may_access) */
	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	return readlink(path, target, sizeof(target)) >= 0 || errno != EACCES;
}
