/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Linux's boot protocol, for images that are entered by its 64-bit rules. */
#ifndef VMM_LOADERS_LINUX_H
#define VMM_LOADERS_LINUX_H

#include <asm/bootparam.h>

#include "vmm/boot.h"

/*
 * Puts the boot parameters, with header and what else belongs into them, the command line, and the
 * initrd above lowest; and says that the first vCPU starts at entry, in long mode, with RSI at the
 * parameters and RSP at the end of low memory. Returns 0, or < 0 after a message.
 */
int linux_start(struct boot *boot, const struct setup_header *header, const char *cmdline,
		uint64_t lowest, uint64_t entry);

#endif
