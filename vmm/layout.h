/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Where what lies on the platform "pc", in guest-physical memory and on the interrupt lines.
 * Its ports that every guest may use are in guest_abi.h; a device's own are in its file.
 *
 *	0x0000_0500	descriptor table		what a loader leaves for the
 *	0x0000_7000	boot information		guest's first instruction; free
 *	0x0000_9000	page tables (6 pages)		once the guest has its own
 *	0x0002_0000	command line
 *	0x0009_fc00	end of low memory
 *	0x000e_0000	ACPI tables
 *	0x000f_0000	MP table
 *	0x0010_0000	memory, up to 3 GiB
 *	0xc000_0000	the hole: no memory, devices only
 *	0x1_0000_0000	the rest of memory
 */
#ifndef VMM_LAYOUT_H
#define VMM_LAYOUT_H

#define LAYOUT_GDT	   0x500
#define LAYOUT_BOOT_INFO   0x7000
#define LAYOUT_PAGE_TABLES 0x9000
#define LAYOUT_CMDLINE	   0x20000
#define LAYOUT_CMDLINE_MAX 0x800 /* with its NUL; Linux takes no more (COMMAND_LINE_SIZE) */
#define LAYOUT_LOW_END	   0x9fc00
#define LAYOUT_ACPI	   0xe0000
#define LAYOUT_MP_TABLE	   0xf0000
#define LAYOUT_HIGH	   0x100000
#define LAYOUT_HOLE	   0xc0000000
#define LAYOUT_ABOVE_4G	   0x100000000

/* In the hole, beside the teaching device at TEACH_GPA. */
#define LAYOUT_VIRTIO	    0xd0100000 /* slots of virtio-mmio, a page each */
#define LAYOUT_VIRTIO_LEN   0x1000
#define LAYOUT_VIRTIO_SLOTS 8
#define LAYOUT_PCI	    0xe1000000 /* the window of PCI's memory space */
#define LAYOUT_PCI_END	    0xe2000000
#define LAYOUT_IO_APIC	    0xfec00000
#define LAYOUT_LOCAL_APIC   0xfee00000

/* GSIs: inputs of the I/O APIC, and below 16 of the two PICs as well. */
#define GSI_TIMER  0
#define GSI_SERIAL 4
#define GSI_RTC	   8
#define GSI_PCI	   11 /* INTA# of every PCI function; level, low on a real bus */
#define GSI_VIRTIO 16 /* slot i has GSI_VIRTIO + i, level */
#define GSI_CNT	   24

#endif
