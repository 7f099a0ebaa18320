/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Two vCPUs: the first wakes the second (INIT, STARTUP), then interrupts it N times and waits for
 * an answer each time, while the second sleeps in between. Each write to the local APIC exits, to
 * the kernel, unless the processor does it by itself (AVIC, APICv). Run it with --cpus 2.
 */
#include "vmm/guest_abi.h"
#include "vmm/guests/apic.h"
#include "vmm/guests/flat.h"

	.code32
	.globl start
start:
	mov	%eax, %edi
	load_tables
	gate	IPI_VECTOR, answer
	movl	$APIC_ENABLED, APIC_SPURIOUS

	movl	$1 << 24, APIC_ICR_HIGH
	movl	$IPI_INIT, APIC_ICR_LOW
	mov	$second, %eax
	shr	$12, %eax
	or	$IPI_STARTUP, %eax
	mov	%eax, APIC_ICR_LOW
	mov	%eax, APIC_ICR_LOW	/* twice, as Intel asks for: one may be lost */

	xor	%ecx, %ecx		/* what it answers when it is ready */
	jmp	wait
next:
	cmp	%edi, %ecx
	jae	done
	movl	$IPI_FIXED + IPI_VECTOR, APIC_ICR_LOW
	inc	%ecx
wait:
	pause
	cmp	%ecx, answers
	jne	wait
	jmp	next
done:
	xor	%al, %al
	out	%al, $EXIT_PORT

answer:
	incl	answers
	movl	$0, APIC_EOI
	iret

answers:
	.long	-1
	tables

	/* Where the second starts: a page of its own, in real mode, with CS:IP = page:0. */
	.balign	4096
	.code16
second:
	xor	%ax, %ax
	mov	%ax, %ds
	load_tables
	mov	$0x11, %eax
	mov	%eax, %cr0
	ljmpl	$0x08, $awake
	.code32
awake:
	mov	$0x10, %eax
	mov	%eax, %ds
	mov	%eax, %ss
	mov	$GUEST_STACK_GPA + 2 * GUEST_STACK_SIZE, %esp
	movl	$APIC_ENABLED, APIC_SPURIOUS
	movl	$0, answers
	sti
sleep:
	hlt
	jmp	sleep
