/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Sleeps N times until the timer interrupts: HLT, then an interrupt through PIT and PIC, as PCs
 * have done it since 1981. KVM emulates both, so their ports exit no further than to the kernel, and
 * HLT makes KVM wait: the VMM hears of nothing.
 */
#include "vmm/guest_abi.h"
#include "vmm/guests/flat.h"

#define PIC_COMMAND 0x20 /* of the first of two; the second's are at 0xa0 */
#define PIC_DATA    0x21
#define PIC_VECTOR  0x20 /* behind those of exceptions */
#define PIC_EOI	    0x20
#define PIT_CHANNEL 0x40
#define PIT_COMMAND 0x43
#define PIT_DIVISOR 11932 /* of 1193182 Hz: 100 Hz */

	.code32
	.globl start
start:
	mov	%eax, %edi
	load_tables
	gate	PIC_VECTOR, tick
	xor	%ecx, %ecx

	mov	$0x11, %al		/* ICW1: begin, ICW4 follows */
	out	%al, $PIC_COMMAND
	mov	$PIC_VECTOR, %al	/* ICW2: the first vector */
	out	%al, $PIC_DATA
	mov	$4, %al			/* ICW3: the second PIC is on line 2 */
	out	%al, $PIC_DATA
	mov	$1, %al			/* ICW4: 8086 */
	out	%al, $PIC_DATA
	mov	$0xfe, %al		/* mask: all but line 0, the timer */
	out	%al, $PIC_DATA

	mov	$0x34, %al		/* channel 0, both bytes, rate generator */
	out	%al, $PIT_COMMAND
	mov	$PIT_DIVISOR & 0xff, %al
	out	%al, $PIT_CHANNEL
	mov	$PIT_DIVISOR >> 8, %al
	out	%al, $PIT_CHANNEL

	/* STI lets nothing in before the next instruction is over: no tick is missed. */
again:
	cmp	%edi, %ecx
	jae	done
	inc	%ecx
	sti
	hlt
	cli
	jmp	again
done:
	xor	%al, %al		/* here HLT would wait for ever: the exit port ends the VM */
	out	%al, $EXIT_PORT

	/* Ticks that a slow host is behind with come one after the other, so sleeps are counted, not they. */
tick:
	mov	$PIC_EOI, %al
	out	%al, $PIC_COMMAND
	iret

	tables
