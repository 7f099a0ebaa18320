/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns what the guest is told of its memory. */
#include "vmm/layout.h"
#include "vmm/memory_map.h"

unsigned int memory_map(const struct guest_memory *memory,
			struct memory_range ranges[MEMORY_RANGES_MAX])
{
	unsigned int n = 0;

	ranges[n++] = (struct memory_range){0, LAYOUT_LOW_END, MEMORY_RAM};
	ranges[n++] =
		(struct memory_range){LAYOUT_LOW_END, 0xa0000 - LAYOUT_LOW_END, MEMORY_RESERVED};
	ranges[n++] =
		(struct memory_range){LAYOUT_ACPI, LAYOUT_HIGH - LAYOUT_ACPI, MEMORY_RESERVED};
	for (unsigned int i = 0; i < memory->slot_cnt && n < MEMORY_RANGES_MAX; i++) {
		uint64_t base = memory->slots[i].base.v, end = base + memory->slots[i].size;

		if (base < LAYOUT_HIGH)
			base = LAYOUT_HIGH;
		if (base < end)
			ranges[n++] = (struct memory_range){base, end - base, MEMORY_RAM};
	}
	return n;
}
