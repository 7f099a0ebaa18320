/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Those who stop because their child was stopped go on. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "bpf/ancestors.h"

/* How long after a stop they are looked after. */
#define LOOK_FOR_NS 2000000000ull
#define LEVELS_MAX  16

/* The state and the parent of a process, from /proc; false when it is gone. */
static bool process_stat(uint32_t pid, char *state, uint32_t *parent)
{
	char path[64], line[512];
	FILE *file;
	char *paren;
	bool is_read;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	is_read = fgets(line, sizeof(line), file);
	fclose(file);
	/* the name in parentheses may hold anything, even parentheses */
	paren = is_read ? strrchr(line, ')') : NULL;
	return paren && sscanf(paren, ") %c %" SCNu32, state, parent) == 2;
}

void ancestors_of(struct ancestors *ancestors, uint32_t tgid, uint64_t now_ns)
{
	*ancestors = (struct ancestors){ .tgid = tgid, .stopped_ns = now_ns };
}

void ancestors_continue(struct ancestors *ancestors, const struct programs *programs, uint64_t now_ns)
{
	uint32_t pid = ancestors->tgid, parent;
	char state;

	if (!pid)
		return;
	if (now_ns - ancestors->stopped_ns > LOOK_FOR_NS)
		ancestors->tgid = 0;
	if (!process_stat(pid, &state, &parent))
		return;
	for (int level = 0; level < LEVELS_MAX && programs_is_traced(programs, (pid_t)parent); level++) {
		pid = parent;
		if (!process_stat(pid, &state, &parent))
			return;
		if (state == 'T')
			kill((pid_t)pid, SIGCONT);
	}
}
