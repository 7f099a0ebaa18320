/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What exits were about, at the last look: no more than the kernel's map had then. */
#ifndef KVMTREE_LIVE_DETAILS_H
#define KVMTREE_LIVE_DETAILS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/live_map.h"

struct live_seen_detail {
	struct live_detail detail;
	uint64_t cnt;	/* since the last look */
	uint64_t total; /* since the kernel has it in its map */
};

struct live_detail_list {
	struct live_seen_detail *at;
	size_t cnt, capacity;
};

/* All zero: none yet. */
struct live_details {
	struct live_detail_list seen; /* ordered by detail */
	struct live_detail_list next; /* what the look that is being taken has found so far */
};

/* Each detail that the kernel has goes to `next`, once. False: no memory. */
bool live_details_take(struct live_details *details, const struct live_detail *detail, uint64_t total);
/* All were taken: they are what was seen, and what was seen before is forgotten. */
void live_details_settle(struct live_details *details);
/* A look that found nothing out: what was seen stays, and nothing has come since. */
void live_details_keep(struct live_details *details);
void live_details_release(struct live_details *details);

#endif
