/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The rung to SMP: counts the processors in the MP table that firmware left, wakes all others at
 * once, and waits until each has taken a number. Run it with --cpus N. MP specification, 4.
 */
#include "vmm/guest_abi.h"
#include "vmm/guests/apic.h"
#include "vmm/guests/flat.h"
#include "vmm/layout.h"

#define SIGNATURE    0x5f504d5f /* "_MP_" */
#define ENTRY_CPU    0	       /* 20 bytes; all other kinds have 8 */
#define ENTRIES_CNT  0x22      /* in the table's header of 0x2c bytes */
#define HEADER_BYTES 0x2c

	.code32
	.globl start
start:
	load_tables
	movl	$APIC_ENABLED, APIC_SPURIOUS
	cmpl	$SIGNATURE, LAYOUT_MP_TABLE
	jne	wrong
	mov	LAYOUT_MP_TABLE + 4, %esi	/* the table itself */
	movzwl	ENTRIES_CNT(%esi), %ecx
	add	$HEADER_BYTES, %esi
	xor	%edi, %edi
entry:
	cmpb	$ENTRY_CPU, (%esi)
	jne	1f
	inc	%edi
	add	$12, %esi
1:	add	$8, %esi
	dec	%ecx
	jnz	entry

	movl	$IPI_OTHERS + IPI_INIT, APIC_ICR_LOW
	mov	$other, %eax
	shr	$12, %eax
	or	$IPI_OTHERS + IPI_STARTUP, %eax
	mov	%eax, APIC_ICR_LOW
	mov	%eax, APIC_ICR_LOW
wait:
	pause
	cmp	%edi, awake
	jne	wait
	xor	%al, %al
	out	%al, $EXIT_PORT
wrong:
	mov	$1, %al
	out	%al, $EXIT_PORT

awake:	.long	1			/* the first is */
	tables

	/* All others at once: no stack, and one locked instruction. */
	.balign	4096
	.code16
other:
	xor	%ax, %ax
	mov	%ax, %ds
	lock incl awake
	cli
	hlt
