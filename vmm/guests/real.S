/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Rung 1, real mode: an address is 16 times a segment plus an offset, and interrupts go through
 * a table of far pointers at 0. None of it exits; KVM only had to set the segments up.
 */
#include "vmm/guest_abi.h"

	.code16
	.globl start
start:
	/* 0x2000:0x0010 and 0x2001:0x0000 are one byte. */
	mov	$0x2000, %ax
	mov	%ax, %es
	movb	$0x5a, %es:0x10
	inc	%ax
	mov	%ax, %es
	cmpb	$0x5a, %es:0
	jne	wrong

	/* An interrupt of our own: its handler's far pointer is at 4 times its number. */
	movw	$handler, 4 * 0x60
	movw	$0, 4 * 0x60 + 2
	xor	%cx, %cx
	int	$0x60
	cmp	$0x1234, %cx
	jne	wrong
	hlt
wrong:
	mov	$1, %al
	out	%al, $EXIT_PORT
	hlt
handler:
	mov	$0x1234, %cx
	iret
