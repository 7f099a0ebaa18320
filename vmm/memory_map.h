/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The memory map that a PC's firmware hands to an operating system ("E820"). */
#ifndef VMM_MEMORY_MAP_H
#define VMM_MEMORY_MAP_H

#include "vmm/guest_memory.h"

/* The types of INT 15h, function E820h: ACPI specification, 15.1. */
enum memory_type { MEMORY_RAM = 1, MEMORY_RESERVED = 2 };

struct memory_range {
	uint64_t base, size; /* bytes */
	enum memory_type type;
};

#define MEMORY_RANGES_MAX 6

/* Writes the ranges in order of address; returns how many. */
unsigned int memory_map(const struct guest_memory *memory,
			struct memory_range ranges[MEMORY_RANGES_MAX]);

#endif
