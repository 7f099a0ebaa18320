/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns the echo port: four bytes of ports that keep what they are given, to see accesses of every
 * width work. QEMU's pc-testdev has the same at the same place.
 */
#include <stdlib.h>

#include "vmm/device.h"
#include "vmm/guest_abi.h"
#include "vmm/walk.h"

struct echo {
	uint32_t value; /* atomic: every vCPU may touch it */
};

static uint32_t bits(unsigned int size)
{
	return (uint32_t)((1ull << size * 8) - 1);
}

WALK uint64_t echo_in(void *owner, uint64_t offset, unsigned int size)
{
	struct echo *e = owner;

	(void)size;
	return __atomic_load_n(&e->value, __ATOMIC_RELAXED) >> offset * 8;
}

/* The bytes of the others stay: two vCPUs may write neighbours at once. */
WALK void echo_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	struct echo *e = owner;
	uint32_t mask = bits(size) << offset * 8, set = (uint32_t)value << offset * 8;
	uint32_t old = __atomic_load_n(&e->value, __ATOMIC_RELAXED);

	while (!__atomic_compare_exchange_n(&e->value, &old, (old & ~mask) | (set & mask), false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

static int create(struct machine *m)
{
	struct echo *e = calloc(1, sizeof(*e));
	struct bus_region region = {.name = "echo",
				    .base = ECHO_PORT,
				    .len = ECHO_PORT_LEN,
				    .width = 4,
				    .read = echo_in,
				    .write = echo_out,
				    .owner = e};
	int err = machine_own(m, e, free);

	return err ? err : machine_add_region(m, BUS_PORT, &region);
}

const struct device echo_device = {.name = "echo", .platforms = ON_BARE | ON_PC, .create = create};
