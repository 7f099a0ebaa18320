/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns port 0xE9, which Bochs invented: a byte written there is printed, and no more to it. */
#include "vmm/console.h"
#include "vmm/device.h"
#include "vmm/walk.h"

#define DEBUG_PORT 0xe9

/* Its own number, by which a guest finds out that it is there. */
static uint64_t debug_in(void *owner, uint64_t offset, unsigned int size)
{
	(void)owner, (void)offset, (void)size;
	return DEBUG_PORT;
}

WALK void debug_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	(void)offset, (void)size;
	console_put(owner, (uint8_t)value);
}

static int create(struct machine *m)
{
	struct bus_region region = {.name = "debug",
				    .base = DEBUG_PORT,
				    .len = 1,
				    .width = 1,
				    .read = debug_in,
				    .write = debug_out,
				    .owner = m};

	return machine_add_region(m, BUS_PORT, &region);
}

const struct device debug_device = {
	.name = "debug", .platforms = ON_BARE | ON_PC, .create = create};
