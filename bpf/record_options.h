/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The command line of kvmtree record. */
#ifndef KVMTREE_RECORD_OPTIONS_H
#define KVMTREE_RECORD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/plan.h"
#include "bpf/selection.h"
#include "bpf/trigger.h"
#include "bpf/user_rules.h"
#include "trace-viewer/options.h"

struct record_options {
	char *output;	/* owned; "-" is standard output */
	char **command; /* NULL-terminated; belongs to argv; none with pid or is_all */
	int pid;	/* the VMM to attach to, or 0 */
	bool is_all;	/* attach to every VMM */
	struct selection_wish wish;
	size_t ring_sz; /* of the ring buffer, bytes */
	uint64_t file_sz; /* what the file may keep, or 0: all */
	struct trigger_wish trigger;
	bool is_quiet, is_verbose, is_dry_run;
	struct plan_options plan;
	struct option_list functions; /* patterns */
	struct user_rules user_rules;
	bool has_consent;     /* to thousands of functions */
	const char *symbols;  /* the guest's ELF file or System.map, or NULL */
};

#define RECORD_OPTIONS_GO (-1)

/* RECORD_OPTIONS_GO, or the exit status: help was printed, or the line is wrong. */
int record_options_parse(struct record_options *options, int argc, char **argv);
void record_options_release(struct record_options *options);

#endif
