/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The devices of the machine: each is one file that ends in its row. */
#ifndef VMM_DEVICE_H
#define VMM_DEVICE_H

#include "vmm/aml.h"
#include "vmm/bus.h"
#include "vmm/machine.h"

/* Which platforms have it: a set of bits. */
#define ON_BARE (1u << PLATFORM_BARE)
#define ON_PC	(1u << PLATFORM_PC)

struct device {
	const char *name;
	unsigned int platforms;
	/*
	 * Adds as many of it to m as m->config wants, by machine_own(), machine_add_region()
	 * and machine_irq_line(). Returns 0, or < 0 after a message.
	 */
	int (*create)(struct machine *m);
};

/*
 * From now on owner is the machine's, who calls release(owner) at its end: when no vCPU runs,
 * the event loop has ended, and later devices are gone. Takes NULL for "out of memory".
 * Returns 0, or < 0 after a message, with owner released.
 */
int machine_own(struct machine *m, void *owner, void (*release)(void *owner));

/* Puts a region on one of the buses. Returns 0, or < 0 after a message. */
int machine_add_region(struct machine *m, enum machine_bus bus, const struct bus_region *region);

/*
 * Has describe(owner, aml) called when the ACPI tables are written, to say what the guest could not
 * find by itself: see aml.h. Returns 0, or < 0 after a message.
 */
int machine_describe(struct machine *m, void (*describe)(void *owner, struct aml *aml),
		     void *owner);

/* The wire to an input of the interrupt controllers; on "bare" it leads nowhere. */
struct irq_line machine_irq_line(struct machine *m, unsigned int gsi);

/* What the devices do; global, as a tracer finds them by name. */
bus_read_fn serial_in, rtc_in, i8042_in, teach_mmio_read, echo_in, echo_mmio_read;
bus_write_fn serial_out, rtc_out, i8042_out, post_out, debug_out, exit_out, reset_out, sleep_out,
	teach_mmio_write, echo_out, echo_mmio_write, irq_out;

/* The guest has asked for a reset: the machine ends, with VMM_OK or with VMM_GUEST_PANIC. */
void machine_reset(struct machine *m);

/* Puts the platform's devices on the machine's buses. Returns 0, or < 0 after a message. */
int devices_init(struct machine *m);
void devices_release(struct machine *m);

#endif
