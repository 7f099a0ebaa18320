/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Whom a recording is of: COMMAND, a VMM that runs already, or all of them. */
#ifndef KVMTREE_RECORD_TARGET_H
#define KVMTREE_RECORD_TARGET_H

#include <stdbool.h>
#include <sys/types.h>

#include "bpf/child.h"
#include "bpf/record_options.h"
#include "bpf/recorder.h"

struct target {
	const struct record_options *options;
	pid_t pid;	/* the VMM to attach to: that of --pid, or of --vm PID-FD; or 0 */
	bool is_all;	/* every VMM, and those that come */
	struct child child; /* with COMMAND */
	bool child_is_there;
	char **attached_command; /* with pid: what it was started with; owned */
	int fd; /* readable when COMMAND, or the process, has ended; -1: is_all */
};

/* All return 0, or 1 when they complained. */

/* Looks whether there is what the options ask for. Starts nothing. */
int target_find(struct target *target, const struct record_options *options);
/* COMMAND is forked, and waits; or the process to attach to is opened. */
int target_open(struct target *target);
/* From here on records come. */
int target_trace(struct target *target, struct recorder *recorder, struct programs *programs);

/* What is recorded, in words; NULL-terminated. */
char *const *target_command(const struct target *target);

void target_release(struct target *target);

#endif
