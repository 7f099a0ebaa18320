/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The doctor's checks, in the order in which what they ask for is needed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpf/doctor_checks.h"
#include "bpf/environment.h"
#include "bpf/explain.h"
#include "bpf/kernel_symbols.h"
#include "bpf/kvm_module.h"
#include "bpf/tracefs.h"

static enum check_result kvm_look(char *text, size_t text_sz)
{
	if (kvm_device_check(text, text_sz))
		return CHECK_BAD;
	return explain(CHECK_OK, text, text_sz, "there is /dev/kvm");
}

static enum check_result privileges_look(char *text, size_t text_sz)
{
	if (!kvm_device_check(text, text_sz) && environment_check(text, text_sz))
		return CHECK_BAD;
	return explain(CHECK_OK, text, text_sz, "eBPF programs may be loaded for KVM's modules");
}

/* The first word or number of a file, or "" where it cannot be read. */
static void file_word(const char *path, char *word, size_t word_sz)
{
	FILE *file = fopen(path, "re");

	*word = '\0';
	if (!file)
		return;
	if (!fgets(word, (int)word_sz, file))
		*word = '\0';
	word[strcspn(word, "\n")] = '\0';
	fclose(file);
}

static enum check_result lockdown_look(char *text, size_t text_sz)
{
	char modes[128];

	file_word("/sys/kernel/security/lockdown", modes, sizeof(modes));
	if (strstr(modes, "[confidentiality]"))
		return explain(CHECK_BAD, text, text_sz,
			       "the kernel is locked down: eBPF programs may not read its memory; boot with "
			       "`lockdown=integrity`, or without lockdown");
	return explain(CHECK_OK, text, text_sz, "eBPF programs may read the kernel's memory");
}

static enum check_result tracefs_look(char *text, size_t text_sz)
{
	const char *dir = tracefs_dir();

	if (!dir)
		return explain(CHECK_BAD, text, text_sz,
			       "tracefs is not mounted, or you may not enter it: `mount -t tracefs nodev "
			       "/sys/kernel/tracing` as root");
	if (strncmp(dir, "/sys", 4))
		return explain(CHECK_OK, text, text_sz,
			       "it is not mounted: kvmtree has a mount of its own, which nobody else sees; for "
			       "all: `mount -t tracefs nodev /sys/kernel/tracing`");
	return explain(CHECK_OK, text, text_sz, "mounted on %s", dir);
}

static int address_see(void *context, const struct kernel_symbol *symbol)
{
	(void)context;
	return symbol->address ? 1 : 0;
}

static enum check_result symbols_look(char *text, size_t text_sz)
{
	int err = kernel_symbols_each(address_see, NULL);
	char restricted[8];

	if (err < 0)
		return explain(CHECK_BAD, text, text_sz, "reading /proc/kallsyms: %s; run it as root",
			       strerror(-err));
	file_word("/proc/sys/kernel/kptr_restrict", restricted, sizeof(restricted));
	if (!err)
		return explain(CHECK_POOR, text, text_sz,
			       "the kernel hides the addresses of its functions%s, so kprobe.multi cannot be had and "
			       "kprobes take it long: %s",
			       *restricted == '2' ? "" : " from you",
			       *restricted == '2' ? "`sysctl kernel.kptr_restrict=1`" :
						    "run it as root, or with CAP_SYSLOG");
	return explain(CHECK_OK, text, text_sz, "names and addresses of functions can be read");
}

static enum check_result ftrace_look(char *text, size_t text_sz)
{
	char word[16];

	file_word("/proc/sys/kernel/ftrace_enabled", word, sizeof(word));
	if (!strcmp(word, "0"))
		return explain(CHECK_POOR, text, text_sz,
			       "ftrace is switched off, so no function can be traced: "
			       "`sysctl kernel.ftrace_enabled=1`");
	file_word("/sys/kernel/debug/kprobes/enabled", word, sizeof(word));
	if (!strcmp(word, "0"))
		return explain(CHECK_POOR, text, text_sz,
			       "kprobes are switched off: `echo 1 > /sys/kernel/debug/kprobes/enabled`");
	if (access("/proc/sys/kernel/ftrace_enabled", F_OK))
		return explain(CHECK_POOR, text, text_sz,
			       "the kernel has no function tracer (CONFIG_FUNCTION_TRACER): no function can be "
			       "traced, and ioctls are seen by their system call; Debian's kernels have one");
	return explain(CHECK_OK, text, text_sz, "functions may be traced");
}

const struct doctor_check doctor_checks[] = {
	{ "KVM", kvm_look },
	{ "privileges", privileges_look },
	{ "lockdown", lockdown_look },
	{ "tracefs", tracefs_look },
	{ "symbols", symbols_look },
	{ "ftrace", ftrace_look },
};

const size_t doctor_check_cnt = sizeof(doctor_checks) / sizeof(doctor_checks[0]);
