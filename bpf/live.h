/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A session of kvmtree live: what was counted at the last look and at the one before. */
#ifndef KVMTREE_LIVE_H
#define KVMTREE_LIVE_H

#include <sys/types.h>

#include "bpf/live_details.h"
#include "bpf/live_kernel.h"
#include "bpf/live_table.h"

struct live {
	struct live_kernel *kernel;
	uint32_t slot_cnt;
	struct live_slot *now, *before; /* copies of the slots */
	uint64_t now_ns, before_ns;	/* CLOCK_MONOTONIC */
	struct live_details details;
	const char *why_refused; /* LIVE_BY_DETAIL cannot be had; NULL: it can */
};

/* 0, or -errno and why. */
int live_begin(struct live *live, pid_t tgid, uint32_t slot_cnt, char *why, size_t why_sz);
void live_end(struct live *live);

/* Takes a look: what was the last one becomes the one before. */
void live_look(struct live *live, bool has_details);
/* Fills a table with what came between the two looks. */
bool live_fill(const struct live *live, struct live_table *table, const struct live_focus *focus,
	       enum live_sort sort);

/* Has the interval gone by? Then *next_ns is set to the end of the next one. */
bool live_is_due(uint64_t *next_ns, int interval_ms);

/* Runs on the whole screen until the user leaves, looking every interval_ms. Exit status. */
int live_screen(struct live *live, int interval_ms);

#endif
