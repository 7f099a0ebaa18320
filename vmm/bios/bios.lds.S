/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The BIOS is its bytes and nothing else, linked to where it is in its segment. */
#include "vmm/bios/places.h"
ENTRY(start)
SECTIONS
{
	. = BIOS_OFFSET;
	.text : { *(.text*) }
	/DISCARD/ : { *(*) }
}
