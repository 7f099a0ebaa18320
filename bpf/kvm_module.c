/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* KVM's modules and its device. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/explain.h"
#include "bpf/kvm_module.h"

bool kvm_module_is_there(const char *module)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/module/%s", module);
	return !access(path, F_OK);
}

static bool has_flag(const char *flags, const char *flag)
{
	size_t sz = strlen(flag);

	for (const char *at = flags; (at = strstr(at, flag)); at += sz)
		if (at > flags && at[-1] == ' ' && (at[sz] == ' ' || at[sz] == '\n' || !at[sz]))
			return true;
	return false;
}

const char *kvm_module_wanted(void)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	const char *module = NULL;
	char *line = NULL;
	size_t line_sz = 0;

	while (file && getline(&line, &line_sz, file) > 0) {
		if (strncmp(line, "flags", 5))
			continue;
		module = has_flag(line, "svm") ? "kvm_amd" : has_flag(line, "vmx") ? "kvm_intel" : NULL;
		break;
	}
	free(line);
	if (file)
		fclose(file);
	return module;
}

int kvm_device_check(char *why, size_t why_sz)
{
	const char *module = kvm_module_wanted();

	if (!access("/dev/kvm", F_OK))
		return 0;
	if (!module)
		return explain(-ENOENT, why, why_sz,
			       "there is no /dev/kvm: this processor has neither SVM nor VMX, or its firmware "
			       "has switched them off; `scripts/lab -- COMMAND` brings a machine that has");
	if (kvm_module_is_there(module))
		return explain(-ENOENT, why, why_sz,
			       "there is no /dev/kvm, though %s is loaded: `mknod /dev/kvm c 10 232` makes it",
			       module);
	return explain(-ENOENT, why, why_sz, "there is no /dev/kvm: %s; `modprobe %s` loads it",
		       kvm_module_is_there("kvm") ? "the module kvm is loaded, that of this processor is not" :
						    "KVM's modules are not loaded",
		       module);
}
