/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns what keeps what it is given, to see accesses of every width work: four bytes of ports, and
 * 64 KiB of memory that is none, as each access to it is an exit. QEMU's pc-testdev has the same at
 * the same places.
 */
#include <stdlib.h>

#include "vmm/device.h"
#include "vmm/guest_abi.h"
#include "vmm/walk.h"

/* Atomic, as every vCPU may touch them; of the memory each byte. */
struct echo {
	uint32_t value;
	uint8_t memory[ECHO_LEN];
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

WALK uint64_t echo_mmio_read(void *owner, uint64_t offset, unsigned int size)
{
	const uint8_t *bytes = ((struct echo *)owner)->memory + offset;
	uint64_t value = 0;

	for (unsigned int i = 0; i < size; i++)
		value |= (uint64_t)__atomic_load_n(&bytes[i], __ATOMIC_RELAXED) << i * 8;
	return value;
}

WALK void echo_mmio_write(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	uint8_t *bytes = ((struct echo *)owner)->memory + offset;

	for (unsigned int i = 0; i < size; i++)
		__atomic_store_n(&bytes[i], (uint8_t)(value >> i * 8), __ATOMIC_RELAXED);
}

static int create(struct machine *m)
{
	struct echo *e = calloc(1, sizeof(*e));
	struct bus_region ports = {.name = "echo",
				   .base = ECHO_PORT,
				   .len = ECHO_PORT_LEN,
				   .width = 4,
				   .read = echo_in,
				   .write = echo_out,
				   .owner = e};
	struct bus_region memory = {.name = "echo",
				    .base = ECHO_GPA,
				    .len = ECHO_LEN,
				    .width = 8,
				    .read = echo_mmio_read,
				    .write = echo_mmio_write,
				    .owner = e};
	int err = machine_own(m, e, free);

	if (!err)
		err = machine_add_region(m, BUS_PORT, &ports);
	return err ? err : machine_add_region(m, BUS_MMIO, &memory);
}

const struct device echo_device = {.name = "echo", .platforms = ON_BARE | ON_PC, .create = create};
