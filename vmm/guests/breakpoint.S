/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Debugs itself. INT3 goes straight to the guest's own handler: no exit. A single step and a
 * debug register raise #DB, which KVM intercepts, and hands on: an exit each, and one for DR7.
 */
#include "vmm/guest_abi.h"
#include "vmm/guests/flat.h"

#define TF 0x100 /* in EFLAGS: an exception after each instruction */

	.code32
	.globl start
start:
	load_tables
	gate	DB_VECTOR, debug
	gate	BP_VECTOR, breakpoint
	xor	%ecx, %ecx
	xor	%edx, %edx

	int3
	cmp	$1, %ecx
	jne	wrong

	pushf
	orl	$TF, (%esp)
	popf
	nop				/* after this one */
	cmp	$1, %edx
	jne	wrong

	mov	$here, %eax		/* DR0: where */
	mov	%eax, %dr0
	mov	$1, %eax		/* DR7: on, at execution */
	mov	%eax, %dr7
	nop
here:	nop				/* before this one */
	cmp	$2, %edx
	jne	wrong
	hlt
wrong:
	mov	$1, %al
	out	%al, $EXIT_PORT
	hlt

breakpoint:
	inc	%ecx
	iret
debug:
	inc	%edx
	xor	%eax, %eax
	mov	%eax, %dr7
	andl	$~TF, 8(%esp)		/* in the EFLAGS to return to */
	iret

	tables
