/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Ends the VM with the argument as its status. */
#include "vmm/guest_abi.h"

	.code16
	.globl start
start:
	out	%al, $EXIT_PORT		/* the VM ends here: OUT does not return */
	hlt
