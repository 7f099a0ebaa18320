/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the files that make struct programs share: which programs there are, and which are wanted. */
#ifndef KVMTREE_PROGRAMS_PARTS_H
#define KVMTREE_PROGRAMS_PARTS_H

#include <bpf/libbpf.h>

#include "bpf/programs.h"
#include "bpf/kvmtree.skel.h"

/* Whether the run loop is recorded by rounds (round.h), or every event by itself. */
enum run_loop { EITHER, BY_ROUNDS, BY_EVENTS };

/* A program that is there once, and when it is wanted: when the function is seen by this rung. */
struct fixed_program {
	const char *name, *concept;
	enum plan_rung rung;
	bool is_return;
	enum run_loop run_loop;
};

#define FIXED_PROGRAM_CNT 18
extern const struct fixed_program fixed_programs[FIXED_PROGRAM_CNT];

struct ticks;

struct programs {
	struct kvmtree_bpf *skel;
	struct func_programs *funcs;
	struct user_rules *rules;
	struct bpf_link *event_links[TP_EVENT_CNT];
	struct bpf_link *fixed_links[FIXED_PROGRAM_CNT];
	struct ticks *ticks; /* NULL: nothing is held back that they would have to get */
};

struct bpf_program *program_by_name(const struct programs *programs, const char *name);

/* The program that serves a tracepoint, by enum tp_event. */
struct bpf_program *program_of_event(const struct programs *programs, const struct plan *plan, int event);

/*
 * Before loading: where the fields lie, how large the ring is, which programs are wanted. Returns 0
 * or -errno.
 */
int programs_configure(struct programs *programs, const struct plan *plan,
		       const struct programs_options *options);

#endif
