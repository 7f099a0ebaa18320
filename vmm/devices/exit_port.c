/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the exit port, by which a guest ends its VM with a status. */
#include "vmm/device.h"
#include "vmm/guest_abi.h"
#include "vmm/walk.h"

WALK void exit_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	(void)offset, (void)size;
	machine_stop(owner, (int)value);
}

static int create(struct machine *m)
{
	struct bus_region region = {.name = "exit",
				    .base = EXIT_PORT,
				    .len = 1,
				    .width = 1,
				    .write = exit_out,
				    .owner = m};

	return machine_add_region(m, BUS_PORT, &region);
}

const struct device exit_device = {.name = "exit", .platforms = ON_BARE | ON_PC, .create = create};
