/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the teaching device: four registers in memory, to see MMIO work. */
#include <stdlib.h>

#include "vmm/device.h"
#include "vmm/guest_abi.h"
#include "vmm/walk.h"

struct teach {
	uint32_t scratch, count; /* atomic: every vCPU may touch them */
};

/* Seed: e1000_mmio_read() stands for any such function. */
WALK uint64_t teach_mmio_read(void *owner, uint64_t offset, unsigned int size)
{
	struct teach *t = owner;

	if (size != 4)
		return ~0ull;
	switch (offset) {
	case TEACH_ID:
		return TEACH_ID_VALUE;
	case TEACH_SCRATCH:
		return __atomic_load_n(&t->scratch, __ATOMIC_RELAXED);
	case TEACH_COUNT:
		return __atomic_load_n(&t->count, __ATOMIC_RELAXED);
	default:
		return ~0ull;
	}
}

/* Seed: e1000_mmio_write(). */
WALK void teach_mmio_write(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	struct teach *t = owner;

	if (size != 4)
		return;
	if (offset == TEACH_SCRATCH)
		__atomic_store_n(&t->scratch, (uint32_t)value, __ATOMIC_RELAXED);
	else if (offset == TEACH_DOORBELL)
		__atomic_fetch_add(&t->count, 1, __ATOMIC_RELAXED);
}

static int create(struct machine *m)
{
	struct teach *t = calloc(1, sizeof(*t));
	struct bus_region region = {.name = "teach",
				    .base = TEACH_GPA,
				    .len = TEACH_LEN,
				    .width = 4,
				    .read = teach_mmio_read,
				    .write = teach_mmio_write,
				    .owner = t};
	int err = machine_own(m, t, free);

	return err ? err : machine_add_region(m, BUS_MMIO, &region);
}

const struct device teach_device = {
	.name = "teach", .platforms = ON_BARE | ON_PC, .create = create};
