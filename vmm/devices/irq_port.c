/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns the interrupt ports: one for each input of the interrupt controllers, by which a guest plays
 * the device at the other end of the wire. QEMU's pc-testdev has the same at the same place.
 */
#include <pthread.h>
#include <stdlib.h>

#include "vmm/device.h"
#include "vmm/guest_abi.h"
#include "vmm/layout.h"
#include "vmm/walk.h"

struct irq_port {
	pthread_mutex_t lock;
	struct irq_line lines[GSI_CNT];
};

/* Any value but 0 is high. A device that drives the same wire knows nothing of it. */
WALK void irq_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	struct irq_port *p = owner;

	(void)size;
	pthread_mutex_lock(&p->lock);
	irq_line_set(&p->lines[offset], value);
	pthread_mutex_unlock(&p->lock);
}

static int create(struct machine *m)
{
	struct irq_port *p = calloc(1, sizeof(*p));
	struct bus_region region = {.name = "irq",
				    .base = IRQ_PORT,
				    .len = GSI_CNT,
				    .width = 1,
				    .write = irq_out,
				    .owner = p};
	int err = machine_own(m, p, free);

	if (err)
		return err;
	pthread_mutex_init(&p->lock, NULL);
	for (unsigned int gsi = 0; gsi < GSI_CNT; gsi++)
		p->lines[gsi] = machine_irq_line(m, gsi);
	return machine_add_region(m, BUS_PORT, &region);
}

const struct device irq_device = {.name = "irq", .platforms = ON_PC, .create = create};
