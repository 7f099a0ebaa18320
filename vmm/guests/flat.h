/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What a guest in 32-bit protected mode needs to take exceptions and interrupts: descriptor
 * tables of its own, as those it was started with are in the processor only. SDM vol. 3, 3.4.5
 * and 6.11; APM vol. 2, 4.7.
 */
#define IDT_GPA	    0
#define IDT_VECTORS 0x50

#define DB_VECTOR 1  /* debug: single step, debug register */
#define BP_VECTOR 3  /* INT3 */
#define GP_VECTOR 13 /* general protection; pushes an error code */
#define PF_VECTOR 14 /* page fault; pushes an error code */

	/* Before the first exception. The selectors are those that the guest is started with. */
	.macro load_tables
	lgdtl	gdt_pointer
	lidtl	idt_pointer
	.endm

	/* A gate to handler, which lies below 64 KiB: its address fits the gate's low word. */
	.macro gate vector, handler
	movl	$(0x08 << 16) + \handler, IDT_GPA + 8 * \vector
	movl	$0x8e00, IDT_GPA + 8 * \vector + 4	/* present, 32-bit interrupt gate */
	.endm

	/* Once, among the data. */
	.macro tables
	.balign	8
gdt:	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x08: code, 4 GiB, 32 bits */
	.quad	0x00cf93000000ffff	/* 0x10: data, 4 GiB */
	.quad	0x00209b0000000000	/* 0x18: code, 64 bits */
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt
idt_pointer:
	.word	IDT_VECTORS * 8 - 1
	.long	IDT_GPA
	.endm
