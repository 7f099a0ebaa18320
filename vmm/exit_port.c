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

static void *create(struct machine *m)
{
	return m;
}

const struct device exit_device = {
	.bus = BUS_PORT,
	.region = {.name = "exit", .base = EXIT_PORT, .len = 1, .width = 1, .write = exit_out},
	.create = create,
};
