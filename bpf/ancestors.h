/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * su and its like stop themselves when they see their child stop, which it did for us: a traced process
 * waits for its probes as it becomes another program. For a while after such a stop those go on that have.
 */
#ifndef KVMTREE_ANCESTORS_H
#define KVMTREE_ANCESTORS_H

#include "bpf/programs.h"

struct ancestors {
	uint32_t tgid; /* whose; 0: nobody has been stopped lately */
	uint64_t stopped_ns;
};

/* This process had been stopped, and goes on now. */
void ancestors_of(struct ancestors *ancestors, uint32_t tgid, uint64_t now_ns);

/* Lets its traced ancestors go on if they have stopped; to be called every few milliseconds. */
void ancestors_continue(struct ancestors *ancestors, const struct programs *programs, uint64_t now_ns);

#endif
