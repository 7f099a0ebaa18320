/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The least time between two interrupts of a device. Pure: its owner knows what time it is. */
#ifndef VMM_IRQ_THROTTLE_H
#define VMM_IRQ_THROTTLE_H

#include <stdint.h>

struct irq_throttle {
	uint64_t next_ns; /* no interrupt before */
};

/*
 * An interrupt is due at now_ns. Returns 0: it may be, and the next one not before interval_ns
 * have gone by; or the nanoseconds that it has to wait, after which to ask again.
 */
static inline uint64_t irq_throttle(struct irq_throttle *t, uint64_t now_ns, uint64_t interval_ns)
{
	/* The interval may have been shortened since: nobody waits longer than it is now. */
	if (interval_ns && now_ns < t->next_ns && t->next_ns - now_ns <= interval_ns)
		return t->next_ns - now_ns;
	t->next_ns = now_ns + interval_ns;
	return 0;
}

#endif
