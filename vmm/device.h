/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The devices of the machine: each is one file that ends in its row. */
#ifndef VMM_DEVICE_H
#define VMM_DEVICE_H

#include "vmm/bus.h"
#include "vmm/machine.h"

enum device_bus { BUS_PORT, BUS_MMIO };

struct device {
	enum device_bus bus;
	struct bus_region region; /* all but the owner */
	/* Makes the state that read and write get as owner; NULL: out of memory. */
	void *(*create)(struct machine *m);
	void (*free)(void *owner); /* NULL: there is nothing to free */
};

/* What the devices do; global, as a tracer finds them by name. */
bus_read_fn serial_in, teach_mmio_read;
bus_write_fn serial_out, post_out, exit_out, teach_mmio_write;

extern const struct device serial_device, post_device, exit_device, teach_device;

/* Puts all devices on the machine's buses. Returns 0, or < 0 after a message. */
int devices_init(struct machine *m);
void devices_release(struct machine *m);

#endif
