/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* An interrupt line: the wire from a device to the interrupt controller. */
#ifndef VMM_IRQ_LINE_H
#define VMM_IRQ_LINE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * set() drives the wire high or low; a device calls irq_line_set() whenever its level may have
 * changed, and only a change goes through. Guarded by the device that owns it. A line without
 * set() leads nowhere (a machine without an interrupt controller, a unit test).
 */
struct irq_line {
	void (*set)(void *owner, unsigned int number, bool high);
	void *owner;
	unsigned int number; /* the GSI: input of the I/O APIC, and below 16 of the PICs */
	bool high;
};

static inline void irq_line_set(struct irq_line *line, bool high)
{
	if (line->high == high)
		return;
	line->high = high;
	if (line->set)
		line->set(line->owner, line->number, high);
}

#endif
