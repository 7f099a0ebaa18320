/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Talks to the teaching device. Each access finds no memory (EPT violation, nested page fault),
 * so KVM decodes the instruction and exits with KVM_EXIT_MMIO. What the device answers is
 * checked: halts if all is right, else ends the VM with status 1.
 */
#include "vmm/guest_abi.h"

	.code32
	.globl start
start:
	mov	$TEACH_GPA, %esi
	cmpl	$TEACH_ID_VALUE, TEACH_ID(%esi)
	jne	wrong

	movl	$0x12345678, TEACH_SCRATCH(%esi)
	cmpl	$0x12345678, TEACH_SCRATCH(%esi)
	jne	wrong

	movl	$1, TEACH_DOORBELL(%esi)
	cmpl	$0, TEACH_COUNT(%esi)	/* other vCPUs may have rung too */
	je	wrong

	/* Where nobody answers: a write is lost, a read gives all ones. */
	movl	$0, NOBODY_GPA
	cmpl	$-1, NOBODY_GPA
	jne	wrong
	mov	$NOBODY_PORT, %dx
	xor	%eax, %eax
	out	%eax, %dx
	in	%dx, %eax
	cmp	$-1, %eax
	jne	wrong
	hlt
wrong:
	mov	$1, %al
	out	%al, $EXIT_PORT
	hlt
