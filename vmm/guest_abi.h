/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The contract between the VMM and its guests: where a guest starts, with what in its
 * registers, and at which ports and addresses the devices answer. C and assembly include it,
 * so it holds plain numbers only.
 *
 *	gpa 0x00000	real mode's interrupt table, and our guests' IDT in protected mode
 *	gpa 0x01000	the image; the first instruction is its first byte
 *	gpa 0x10000	stacks, one page for each vCPU
 *	gpa 0x80000	page tables of those guests that make some
 *
 * At the start EAX holds the guest's argument and EBX the index of the vCPU; all segments are
 * based at 0 but for the stack's in real mode; interrupts are off. HLT ends the vCPU that
 * executes it, and the VM ends when all its vCPUs have ended.
 */
#ifndef VMM_GUEST_ABI_H
#define VMM_GUEST_ABI_H

#define GUEST_LOAD_GPA	 0x1000
#define GUEST_IMAGE_MAX	 0xf000 /* real mode reaches 64 KiB from a segment's base */
#define GUEST_STACK_GPA	 0x10000
#define GUEST_STACK_SIZE 0x1000 /* for each vCPU */
#define GUEST_CPUS_MAX	 64
#define GUEST_TABLES_GPA 0x80000
#define GUEST_RAM_MIN	 0x100000
#define GUEST_RAM_MAX	 0x1000000000 /* from 3 GiB to 4 GiB lie the devices, not memory */

/* The POST code port: takes a byte and does nothing, so that an exit costs just the exit. */
#define POST_PORT 0x80

/* Keep what is written, of any width, and give it back. */
#define ECHO_PORT     0xe0
#define ECHO_PORT_LEN 4
#define ECHO_GPA      0xff000000
#define ECHO_LEN      0x10000

/* On a PC: port n of these drives input n of the interrupt controllers, 0 low, else high. */
#define IRQ_PORT 0x2000

/* A byte written here ends the VM, all its vCPUs, with that byte as its status. */
#define EXIT_PORT 0xf4

/* The first serial port, a 16550. */
#define SERIAL_PORT	0x3f8
#define SERIAL_PORT_LEN 8
#define SERIAL_DATA	0    /* write: transmit a byte */
#define SERIAL_LSR	5    /* read: line status */
#define SERIAL_LSR_THRE 0x20 /* room for a byte to transmit */
#define SERIAL_LSR_TEMT 0x40 /* all is transmitted */

/* The teaching device: 32-bit registers, to be accessed whole and aligned. */
#define TEACH_GPA      0xd0000000
#define TEACH_LEN      0x1000
#define TEACH_ID       0x0	  /* read: TEACH_ID_VALUE */
#define TEACH_SCRATCH  0x4	  /* read, write: keeps what it is given */
#define TEACH_DOORBELL 0x8	  /* write: any value rings once */
#define TEACH_COUNT    0xc	  /* read: rings so far */
#define TEACH_ID_VALUE 0x544d564b /* "KVMT" */

/* Where nobody answers: reads give all ones. */
#define NOBODY_PORT 0x2e8
#define NOBODY_GPA  0xe0000000

#endif
