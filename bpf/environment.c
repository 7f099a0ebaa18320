/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Looks whether a recording can work here, and describes where it was made. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bpf/clock.h"
#include "bpf/environment.h"
#include "bpf/kvm_module.h"
#include "bpf/privileges.h"

/* The inode of the first pid namespace: PROC_PID_INIT_INO, include/linux/proc_ns.h. */
#define INITIAL_PID_NAMESPACE 0xeffffffcu

bool environment_may_trace_all(void)
{
	return privileges_effective() & CAP_BIT(CAP_SYS_PTRACE);
}

int environment_check(char *why, size_t why_sz)
{
	struct stat st;

	if (kvm_device_check(why, why_sz))
		return -ENOENT;
	if (privileges_check(why, why_sz))
		return -EPERM;
	if (!stat("/proc/self/ns/pid", &st) && st.st_ino != INITIAL_PID_NAMESPACE) {
		snprintf(why, why_sz,
			 "this is a container with process ids of its own, and eBPF sees those of the host; "
			 "run it on the host");
		return -ENOTSUP;
	}
	return 0;
}

/* The processor's name from /proc/cpuinfo. */
static void cpu_model(char *model, size_t model_sz)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[256];

	snprintf(model, model_sz, "unknown");
	while (file && fgets(line, sizeof(line), file)) {
		char *colon = strchr(line, ':');

		if (strncmp(line, "model name", 10) || !colon)
			continue;
		colon[strcspn(colon, "\n")] = '\0';
		snprintf(model, model_sz, "%s", colon + 2);
		break;
	}
	if (file)
		fclose(file);
}

/* One line, whatever the command holds. */
static void command_print(FILE *out, char *const command[])
{
	fputs("command", out);
	for (size_t i = 0; command[i]; i++) {
		fputc(' ', out);
		for (const char *c = command[i]; *c; c++)
			fputc((unsigned char)*c < ' ' ? '?' : *c, out);
	}
	fputc('\n', out);
}

char *environment_meta(const char *vendor, char *const command[], size_t *text_sz)
{
	char *text = NULL, model[128];
	struct utsname uts;
	FILE *out = open_memstream(&text, text_sz);

	if (!out)
		return NULL;
	uname(&uts);
	cpu_model(model, sizeof(model));
	fprintf(out, "recorder kvmtree %s\n", KVMTREE_VERSION);
	fprintf(out, "kernel %s\n", uts.release);
	fprintf(out, "machine %s\n", uts.machine);
	fprintf(out, "vendor %s\n", vendor);
	fprintf(out, "cpu_model %s\n", model);
	fprintf(out, "cpus %ld\n", sysconf(_SC_NPROCESSORS_ONLN));
	fprintf(out, "clock monotonic\n");
	fprintf(out, "realtime_offset_ns %" PRId64 "\n",
		(int64_t)(clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC)));
	fprintf(out, "start_ns %" PRIu64 "\n", clock_ns(CLOCK_MONOTONIC));
	command_print(out, command);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}
