/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which functions of a program are probed: those of the walk, and those that the user names. */
#ifndef KVMTREE_USER_FUNCTIONS_H
#define KVMTREE_USER_FUNCTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/user_rules.h"

struct user_func {
	char *symbol; /* owned by the list */
	const char *args, *returns;
	uint64_t file_off;
	bool is_entry_only; /* a return probe could end the program */
};

struct user_funcs {
	struct user_func *at;
	uint32_t cnt;
	bool is_cut; /* by one of these bounds, or by those of elf_symbols.h: the file has more */
};

/* A file may define a name of the walk any number of times; so many are taken. */
#define USER_FUNC_DEFINITIONS_MAX 4

/* Of one file, so that there is room for others in the plan (PLAN_FUNCS_MAX). libc exports 2,200. */
#define USER_FUNCS_MAX 3072

/*
 * The functions to probe in the file: first those of the walk, as the walk has them, then what rules
 * ask for, in the file's order; none twice. Counts the matches of the rules. Returns 0, or -errno:
 * -ENOEXEC when the file is not ELF. Release the list in any case.
 */
int user_funcs_find(struct user_funcs *funcs, const char *path, const char *name,
		    struct user_rules *rules);
void user_funcs_release(struct user_funcs *funcs);

#endif
