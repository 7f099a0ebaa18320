/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Rung 2, from real mode to protected mode: a descriptor table, then CR0.PE. That write exits,
 * as KVM has to know in which mode its guest is. Then what is protected: only segments that
 * the table describes can be used.
 */
#include "vmm/guest_abi.h"
#include "vmm/guests/flat.h"

#define NO_SEGMENT 0x1000 /* beyond the table's end */

	.code16
	.globl start
start:
	load_tables
	mov	%cr0, %eax
	or	$1, %eax
	mov	%eax, %cr0		/* exit: write of CR0 */
	ljmp	$0x08, $protected	/* until here CS was still that of real mode */

	.code32
protected:
	mov	$0x10, %eax
	mov	%eax, %ds
	mov	%eax, %ss
	mov	$GUEST_STACK_GPA + GUEST_STACK_SIZE, %esp
	gate	GP_VECTOR, protection

	movl	$0x600d, 0xf0000	/* further than real mode reaches from a base of 0 */
	cmpl	$0x600d, 0xf0000
	jne	wrong

	xor	%ecx, %ecx
	mov	$NO_SEGMENT, %eax	/* in real mode any number was a segment */
	mov	%eax, %gs		/* the handler comes, and skips these two bytes */
	cmp	$NO_SEGMENT, %ecx
	jne	wrong
	hlt
wrong:
	mov	$1, %al
	out	%al, $EXIT_PORT
	hlt
protection:
	pop	%ecx			/* the error code: which selector it was */
	addl	$2, (%esp)		/* EIP */
	iret

	tables
