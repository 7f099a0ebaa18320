/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the POST code port: takes a byte to nowhere, at the price of an exit. */
#include "vmm/device.h"
#include "vmm/guest_abi.h"
#include "vmm/walk.h"

/* A PC shows the byte on a diagnostic card; nobody has one plugged in here. */
WALK void post_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	(void)owner, (void)offset, (void)size, (void)value;
}

static int create(struct machine *m)
{
	struct bus_region region = {.name = "post",
				    .base = POST_PORT,
				    .len = 1,
				    .width = 1,
				    .write = post_out,
				    .owner = m};

	return machine_add_region(m, BUS_PORT, &region);
}

const struct device post_device = {.name = "post", .platforms = ON_BARE | ON_PC, .create = create};
