/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Rung 3, paging: two linear pages on one frame, and a page fault that the guest mends by
 * itself. With nested paging neither the fault nor INVLPG nor the write of CR3 exits; only CR0
 * and CR4 do.
 */
#include "vmm/guest_abi.h"
#include "vmm/guests/flat.h"

#define DIRECTORY GUEST_TABLES_GPA
#define TABLE	  (GUEST_TABLES_GPA + 0x1000)
#define FRAME	  (GUEST_TABLES_GPA + 0x2000)
#define ALIAS	  0x400000 /* the second 4 MiB, through TABLE */
#define LATER	  0x401000 /* not mapped yet */

#define PRESENT_WRITABLE 3
#define LARGE		 0x80

	.code32
	.globl start
start:
	load_tables
	gate	PF_VECTOR, page_fault

	movl	$LARGE | PRESENT_WRITABLE, DIRECTORY	/* the first 4 MiB, one to one */
	movl	$TABLE + PRESENT_WRITABLE, DIRECTORY + 4
	movl	$FRAME + PRESENT_WRITABLE, TABLE
	mov	%cr4, %eax
	or	$0x10, %eax		/* PSE: large pages */
	mov	%eax, %cr4
	mov	$DIRECTORY, %eax
	mov	%eax, %cr3
	mov	%cr0, %eax
	or	$0x80000000, %eax	/* PG */
	mov	%eax, %cr0

	movl	$0x600d, ALIAS
	cmpl	$0x600d, FRAME
	jne	wrong

	xor	%ecx, %ecx
	cmpl	$0x600d, LATER		/* faults once, then the same frame is there as well */
	jne	wrong
	cmp	$1, %ecx
	jne	wrong
	hlt
wrong:
	mov	$1, %al
	out	%al, $EXIT_PORT
	hlt

page_fault:
	inc	%ecx
	add	$4, %esp		/* the error code */
	mov	%cr2, %eax
	cmp	$LATER, %eax
	jne	wrong
	movl	$FRAME + PRESENT_WRITABLE, TABLE + 4
	invlpg	LATER
	iret

	tables
