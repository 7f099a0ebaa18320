/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The BIOS, for images that start in 16 bits. */
#ifndef VMM_BIOS_H
#define VMM_BIOS_H

#include "vmm/boot.h"

/*
 * Puts the BIOS and its tables into memory, and says that the first vCPU starts in it; it will jump
 * to the setup code that a loader has put to SETUP_SEGMENT. Returns 0, or < 0 after a message.
 */
int bios_start(struct boot *boot);

#endif
