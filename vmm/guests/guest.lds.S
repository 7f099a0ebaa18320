/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A guest is its bytes and nothing else: no headers, all sections in one, linked where it runs. */
#include "vmm/guest_abi.h"
ENTRY(start)
SECTIONS
{
	. = GUEST_LOAD_GPA;
	.text : { *(.text*) *(.rodata*) *(.data*) *(.bss*) }
	/DISCARD/ : { *(*) }
}
