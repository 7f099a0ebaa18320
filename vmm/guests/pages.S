/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Touches N pages from 1 MiB on for the first time, then again. The first time each exits (EPT
 * violation, nested page fault), as KVM gives memory out when it is touched; the second time
 * none does. Where the host backs the guest with large pages, one exit does for 512.
 */
#include "vmm/guest_abi.h"

	.code32
	.globl start
start:
	mov	$2, %edx		/* rounds */
round:
	mov	%eax, %ecx
	mov	$GUEST_RAM_MIN, %esi
page:
	test	%ecx, %ecx
	jz	next
	mov	%edx, (%esi)
	add	$0x1000, %esi
	dec	%ecx
	jmp	page
next:
	dec	%edx
	jnz	round

	test	%eax, %eax
	jz	done
	cmpl	$1, -0x1000(%esi)	/* the last page, in the last round */
	jne	wrong
done:
	hlt
wrong:
	mov	$1, %al
	out	%al, $EXIT_PORT
	hlt
