/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Makes as many exits to user space as its argument says, and nothing else: the ruler. */
#include "vmm/guest_abi.h"

	.code16
	.globl start
start:
	mov	%eax, %ecx		/* 32 bits: more than 65535 are wanted */
	test	%ecx, %ecx
	jz	done
again:
	out	%al, $POST_PORT
	dec	%ecx
	jnz	again
done:
	hlt
