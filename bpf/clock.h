/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The time of a clock in nanoseconds, as records have it: CLOCK_MONOTONIC, or CLOCK_REALTIME for people. */
#ifndef KVMTREE_CLOCK_H
#define KVMTREE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
