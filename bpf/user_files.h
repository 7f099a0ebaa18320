/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Which files the rules of --user-function mean, before anything is probed. */
#ifndef KVMTREE_USER_FILES_H
#define KVMTREE_USER_FILES_H

#include <stddef.h>
#include <sys/types.h>

#include "bpf/user_rules.h"

/* What is recorded: COMMAND's file, or a process, or, with neither, every VMM. */
struct user_target {
	const char *command_path; /* or NULL */
	pid_t pid;		  /* or 0 */
};

/*
 * Finds the file of each rule, and checks that what the rule asks of it is to be had. With COMMAND a name
 * may belong to a program that is started later: then the rule has no file yet. Returns 0, or -errno with a
 * sentence in `why`.
 */
int user_files_find(struct user_rules *rules, const struct user_target *target, char *why,
		    size_t why_sz);

#endif
