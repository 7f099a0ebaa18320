/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Numbers that look random and are the same in each run. */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include <stdint.h>

static uint64_t random_state = 7;

static inline uint64_t random_next(void)
{
	return random_state = random_state * 6364136223846793005u + 1442695040888963407u;
}

static inline uint32_t below(uint32_t limit)
{
	return (uint32_t)(random_next() >> 33) % limit;
}

#endif
