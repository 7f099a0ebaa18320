/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* N port reads: exits to user space, whose answer the kernel puts into AL at the next entry. */
#include "vmm/guest_abi.h"

	.code16
	.globl start
start:
	mov	%eax, %ecx
	test	%ecx, %ecx
	jz	done
again:
	in	$ECHO_PORT, %al
	dec	%ecx
	jnz	again
done:
	hlt
