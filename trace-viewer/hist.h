/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A distribution of durations in little memory: exact while small, then within 3 %. */
#ifndef KVMTREE_HIST_H
#define KVMTREE_HIST_H

#include <stdint.h>

#define HIST_EXACT_MAX 48

struct hist {
	uint64_t cnt, sum, min, max;
	uint32_t *buckets; /* from HIST_EXACT_MAX + 1 values on; NULL when memory lacks, too */
	uint64_t exact[HIST_EXACT_MAX];
};

/* A hist of zeroes is empty; hist_release() frees what it grew. */
void hist_add(struct hist *h, uint64_t value);
void hist_merge(struct hist *into, const struct hist *from);
void hist_release(struct hist *h);

/* The value below or at which so many per cent of the values lie; 0 when there are none. */
uint64_t hist_percentile(const struct hist *h, unsigned int percent);

#define HIST_POWERS 64
/* How many values lie in each power of two: counts[i] of those from 2^i to 2^(i+1) - 1; 0 goes with 1. */
void hist_powers(const struct hist *h, uint64_t counts[HIST_POWERS]);

#endif
