/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What this host's KVM offers. */
#ifndef VMM_PROBE_H
#define VMM_PROBE_H

#include <stdio.h>

/*
 * Prints it, with the reason where a machine could not be built. Returns VMM_OK, or
 * VMM_NO_MACHINE after a message. Makes a VM and a vCPU to see that it can, and ends them.
 */
int probe(FILE *out);

#endif
