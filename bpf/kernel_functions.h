/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The functions of KVM's modules that a probe can be put on, as ftrace knows them. */
#ifndef KVMTREE_KERNEL_FUNCTIONS_H
#define KVMTREE_KERNEL_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kernel_function {
	char name[64];
	const char *module; /* one of those that were asked about */
	uint64_t address;   /* 0: not known */
	bool is_ambiguous;  /* several functions of the module have this name */
};

struct kernel_functions {
	struct kernel_function *at; /* by name, then module */
	size_t cnt, room;
	const char *const *modules;
	size_t module_cnt;
};

/*
 * Reads tracefs' available_filter_functions, and addresses from /proc/kallsyms. The names of the
 * modules outlive the list, which is empty where KVM is no module. Returns 0 or -errno.
 */
int kernel_functions_read(struct kernel_functions *functions, const char *const *modules,
			  size_t module_cnt);
void kernel_functions_release(struct kernel_functions *functions);

#endif
