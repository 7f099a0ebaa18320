/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Flat images, for the teaching guests that are in the binary. */
#ifndef VMM_LOADERS_FLAT_H
#define VMM_LOADERS_FLAT_H

#include "vmm/boot.h"

/* As guest_abi.h tells, but started in that mode. Returns 0, or < 0 after a message. */
int flat_load(struct boot *boot, enum cpu_mode mode);

#endif
