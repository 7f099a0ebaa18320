/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* N writes to a device in memory: exits to user space, each after KVM decoded the instruction. */
#include "vmm/guest_abi.h"

	.code32
	.globl start
start:
	mov	%eax, %ecx
	test	%ecx, %ecx
	jz	done
again:
	mov	%eax, TEACH_GPA + TEACH_DOORBELL
	dec	%ecx
	jnz	again
done:
	hlt
