/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns Linux's own format, bzImage: a boot sector and setup code for 16 bits, which we leave out
 * if we can, then the kernel, which unpacks itself. Kernel: Documentation/arch/x86/boot.rst.
 *
 *	0x000  boot sector, of no use here (newer kernels keep a PE header in it)
 *	0x1f1  struct setup_header
 *	(setup_sects + 1) * 512	 the kernel: 32-bit entry at +0, 64-bit entry at +0x200
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "vmm/bios.h"
#include "vmm/bios/places.h"
#include "vmm/complain.h"
#include "vmm/layout.h"
#include "vmm/loaders/linux.h"

#define HEADER_AT	0x1f1
#define BOOT_FLAG	0xaa55
#define HEADER_MAGIC	0x53726448 /* "HdrS" */
#define VERSION_64_BIT	0x020c	   /* the first with xloadflags */
#define VERSION_CMDLINE 0x0202	   /* the first that takes the command line anywhere */
#define ENTRY_64_BIT	0x200

/*
 * In front of the user's words, which win. With panic=-1 a panic restarts at once, and with
 * reboot=panic_warm it leaves a mark by which we tell it from an orderly restart (reset.c).
 * pci=noearly saves a search of 256 buses for old chipsets, before ACPI tells of the only one.
 */
#define WORDS_FIRST "console=ttyS0 panic=-1 reboot=panic_warm pci=noearly"

static bool matches(struct image image)
{
	struct setup_header header;

	return image_copy(image, HEADER_AT, &header, sizeof(header)) &&
	       header.boot_flag == BOOT_FLAG && header.header == HEADER_MAGIC;
}

/*
 * The header is as long as its jump over it says, and only so much of it means anything: what
 * follows is code. (0x201 is the jump's distance, counted from 0x202.)
 */
static void copy_header(struct image image, struct setup_header *header)
{
	size_t len = 0x202 - HEADER_AT + image.bytes[0x201];

	memset(header, 0, sizeof(*header));
	image_copy(image, HEADER_AT, header, len < sizeof(*header) ? len : sizeof(*header));
}

/* Where the kernel will unpack itself to, at most; nothing of ours may lie there. */
static uint64_t unpacked_end(const struct setup_header *header)
{
	uint64_t start = header->pref_address, align = header->kernel_alignment;

	if (header->relocatable_kernel && start < LAYOUT_HIGH)
		start = LAYOUT_HIGH;
	if (header->relocatable_kernel && align && !(align & (align - 1)))
		start = (start + align - 1) & ~(align - 1);
	return start + header->init_size;
}

/* The size of boot sector and setup code. */
static uint64_t setup_size(const struct setup_header *header)
{
	return (header->setup_sects ? header->setup_sects : 4) * 512 + 512;
}

/* What follows the setup code, with at least least bytes of it. */
static int put_kernel(const struct boot *boot, const struct setup_header *header, uint64_t least)
{
	uint64_t setup = setup_size(header), size = boot->image.size - setup;

	if (boot->image.size < setup + least)
		return boot_broken(boot, "it ends within its setup code");
	/* Counted in 16 bytes, of which the last need not be whole. */
	if ((size + 15) / 16 < header->syssize)
		return boot_broken(boot, "it is cut short");
	if (guest_memory_write(boot->memory, GPA(LAYOUT_HIGH), boot->image.bytes + setup, size) < 0)
		return boot_no_room(boot, "the kernel", LAYOUT_HIGH, size);
	return 0;
}

static int check_unpacked(const struct boot *boot, const struct setup_header *header)
{
	const struct memory_slot *low = &boot->memory->slots[0];

	if (header->pref_address > low->size || unpacked_end(header) > low->size)
		return boot_no_room(boot, "the kernel, unpacked", header->pref_address,
				    header->init_size);
	return 0;
}

/* The first byte that is free while the kernel unpacks itself. */
static uint64_t kernel_end(const struct boot *boot, const struct setup_header *header)
{
	uint64_t end = unpacked_end(header), packed = LAYOUT_HIGH + boot->image.size;

	return end > packed ? end : packed;
}

static int load_64_bit(struct boot *boot, const struct setup_header *header)
{
	char cmdline[2 * LAYOUT_CMDLINE_MAX];
	int err = put_kernel(boot, header, ENTRY_64_BIT), len;

	if (!err)
		err = check_unpacked(boot, header);
	if (err)
		return err;
	/* Too long even for this, it is too long for the kernel. */
	len = snprintf(cmdline, sizeof(cmdline), WORDS_FIRST "%s%s", *boot->cmdline ? " " : "",
		       boot->cmdline);
	return linux_start(boot, header, (size_t)len < sizeof(cmdline) ? cmdline : boot->cmdline,
			   kernel_end(boot, header), LAYOUT_HIGH + ENTRY_64_BIT);
}

/*
 * What is no Linux for x86-64 starts with its setup code, in 16 bits, which calls the BIOS. The
 * header that it finds is the image's own, with the loader's words written into it.
 */
static int load_16_bit(struct boot *boot, struct setup_header *header)
{
	uint64_t size = setup_size(header), initrd;
	int err = put_kernel(boot, header, 0);

	if (!err)
		err = boot_put_initrd(boot, LAYOUT_HIGH + boot->image.size, header->initrd_addr_max,
				      &initrd);
	if (!err)
		err = boot_put_cmdline(boot, boot->cmdline, LAYOUT_CMDLINE_MAX);
	if (err)
		return err;
	header->type_of_loader = 0xff;
	header->loadflags |= CAN_USE_HEAP;
	header->heap_end_ptr = SETUP_STACK - 0x200;
	header->cmd_line_ptr = LAYOUT_CMDLINE;
	header->ramdisk_image = (uint32_t)initrd;
	header->ramdisk_size = (uint32_t)boot->initrd.size;
	if (size > SETUP_STACK - 0x1000 ||
	    guest_memory_write(boot->memory, GPA(SETUP_SEGMENT << 4), boot->image.bytes, size) < 0)
		return boot_no_room(boot, "the setup code", SETUP_SEGMENT << 4, size);
	/* Only what the protocol had when it was new enough for all of these: 2.02. */
	guest_memory_write(boot->memory, GPA((SETUP_SEGMENT << 4) + HEADER_AT), header,
			   offsetof(struct setup_header, initrd_addr_max));
	return bios_start(boot);
}

static int load(struct boot *boot)
{
	struct setup_header header;

	copy_header(boot->image, &header);
	if (header.version >= VERSION_64_BIT && header.xloadflags & XLF_KERNEL_64)
		return load_64_bit(boot, &header);
	if (header.version >= VERSION_CMDLINE && header.loadflags & LOADED_HIGH)
		return load_16_bit(boot, &header);
	complain("%s: boot protocol %x.%02x, of before Linux 2.4; give a newer kernel", boot->name,
		 header.version >> 8, header.version & 0xff);
	return -ENOEXEC;
}

const struct loader bzimage_loader = {
	.name = "Linux bzImage", .platform = PLATFORM_PC, .matches = matches, .load = load};
