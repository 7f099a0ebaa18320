/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Every form of port I/O, with a port that gives back what it got: one exit each, whatever the
 * width; of strings, OUTS exits for each element, INS once for all.
 */
#include "vmm/guest_abi.h"

	.code16
	.globl start
start:
	mov	$ECHO_PORT, %dx
	cld
	mov	$0x44332211, %eax
	out	%eax, %dx		/* 4 bytes */
	xor	%eax, %eax
	in	%dx, %ax		/* the lower 2 of them */
	cmp	$0x2211, %ax
	jne	wrong
	inc	%dx
	in	%dx, %al		/* a byte in the middle */
	cmp	$0x22, %al
	jne	wrong
	mov	$0xaa, %al
	out	%al, %dx
	dec	%dx
	in	%dx, %eax
	cmp	$0x4433aa11, %eax
	jne	wrong

	mov	$words, %si		/* OUTS: the last of 4 words stays in the port */
	mov	$4, %cx
	rep outsw
	in	%dx, %ax
	cmp	$0x8888, %ax
	jne	wrong

	mov	$room, %di		/* INS: read 3 times, the same each time */
	mov	$3, %cx
	rep insl
	mov	room + 8, %eax
	cmp	$0x44338888, %eax
	jne	wrong
	cmp	room, %eax
	jne	wrong
	hlt
wrong:
	mov	$1, %al
	out	%al, $EXIT_PORT
	hlt

	.balign	4
words:	.word	0x5555, 0x6666, 0x7777, 0x8888
room:	.long	0, 0, 0
