/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Rung 4, from real mode to long mode in one leap: tables of four levels, CR4.PAE, EFER.LME,
 * then CR0.PG and CR0.PE together. CR4, EFER and CR0 exit. SDM vol. 3, 10.8.5.
 */
#include "vmm/guest_abi.h"
#include "vmm/guests/flat.h"

#define PML4  GUEST_TABLES_GPA
#define PDPT  (GUEST_TABLES_GPA + 0x1000)
#define PD    (GUEST_TABLES_GPA + 0x2000)
#define HIGH  0xffffff8000000000 /* what the last entry of the PML4 maps */
#define EFER  0xc0000080
#define VALUE 0x123456789abcdef0

#define PRESENT_WRITABLE 3
#define LARGE		 0x80

	.code16
	.globl start
start:
	load_tables
	mov	$GUEST_TABLES_GPA >> 4, %ax	/* the tables are out of reach from DS */
	mov	%ax, %es
	movl	$PDPT + PRESENT_WRITABLE, %es:0
	movl	$PDPT + PRESENT_WRITABLE, %es:511 * 8
	movl	$PD + PRESENT_WRITABLE, %es:0x1000
	movl	$LARGE | PRESENT_WRITABLE, %es:0x2000	/* 2 MiB, one to one */

	mov	$0x20, %eax		/* PAE */
	mov	%eax, %cr4
	mov	$PML4, %eax
	mov	%eax, %cr3
	mov	$EFER, %ecx
	rdmsr
	or	$0x100, %eax		/* LME */
	wrmsr
	mov	%cr0, %eax
	or	$0x80000001, %eax	/* PG, PE: the processor sets EFER.LMA */
	mov	%eax, %cr0
	ljmp	$0x18, $long_mode

	.code64
long_mode:
	movabs	$VALUE, %r8
	lea	value(%rip), %r9
	cmp	(%r9), %r8
	jne	wrong
	movabs	$HIGH, %r10		/* the same byte, at the other end of the address space */
	cmp	(%r9, %r10), %r8
	jne	wrong
	hlt
wrong:
	mov	$1, %al
	out	%al, $EXIT_PORT
	hlt

value:	.quad	VALUE
	tables
