/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Where the BIOS is, and what it is told: C and assembly include it. It lies in the segment 0xf000,
 * above the MP table.
 */
#ifndef VMM_BIOS_PLACES_H
#define VMM_BIOS_PLACES_H

#define BIOS_SEGMENT   0xf000
#define BIOS_OFFSET    0x8000 /* its first byte is its first instruction */
#define BIOS_MAX       0x6000
#define BIOS_MAP       0xf000 /* in the segment: a count, a word, then entries of E820 */
#define BIOS_MAP_ENTRY 20

/* Where a bzImage's setup code lies, and where it starts: boot.rst, "Running the kernel". */
#define SETUP_SEGMENT	    0x1000
#define SETUP_START_SEGMENT 0x1020
#define SETUP_STACK	    0xe000

#endif
