/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Jumps where no memory is: KVM takes it for MMIO, but cannot fetch an instruction from it. */
#include "vmm/guest_abi.h"

	.code32
	.globl start
start:
	mov	$NOBODY_GPA, %eax
	jmp	*%eax
