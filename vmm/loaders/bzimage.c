/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns Linux's own format, bzImage: a boot sector and setup code for 16 bits, which we leave out,
 * then the kernel, which unpacks itself. Kernel: Documentation/arch/x86/boot.rst.
 *
 *	0x000  boot sector, of no use here (newer kernels keep a PE header in it)
 *	0x1f1  struct setup_header
 *	(setup_sects + 1) * 512	 the kernel: 32-bit entry at +0, 64-bit entry at +0x200
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "vmm/boot.h"
#include "vmm/complain.h"
#include "vmm/layout.h"
#include "vmm/loaders/linux.h"

#define HEADER_AT      0x1f1
#define BOOT_FLAG      0xaa55
#define HEADER_MAGIC   0x53726448 /* "HdrS" */
#define VERSION_64_BIT 0x020c	  /* the first with xloadflags */
#define ENTRY_64_BIT   0x200

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

static int check_header(const struct boot *boot, const struct setup_header *header)
{
	if (header->version >= VERSION_64_BIT && header->xloadflags & XLF_KERNEL_64)
		return 0;
	complain("%s: a kernel without a 64-bit entry (boot protocol %x.%02x); give one for x86-64",
		 boot->name, header->version >> 8, header->version & 0xff);
	return -ENOEXEC;
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

static int put_kernel(const struct boot *boot, const struct setup_header *header)
{
	uint64_t setup = (header->setup_sects ? header->setup_sects : 4) * 512 + 512;
	const struct memory_slot *low = &boot->memory->slots[0];
	uint64_t size = boot->image.size - setup, end = unpacked_end(header);

	if (boot->image.size < setup + ENTRY_64_BIT)
		return boot_broken(boot, "it ends within its setup code");
	if (guest_memory_write(boot->memory, GPA(LAYOUT_HIGH), boot->image.bytes + setup, size) < 0)
		return boot_no_room(boot, "the kernel", LAYOUT_HIGH, size);
	if (header->pref_address > low->size || end > low->size)
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

static int load(struct boot *boot)
{
	char cmdline[2 * LAYOUT_CMDLINE_MAX];
	struct setup_header header;
	int len, err;

	copy_header(boot->image, &header);
	err = check_header(boot, &header);
	if (!err)
		err = put_kernel(boot, &header);
	if (err)
		return err;
	/* Too long even for this, it is too long for the kernel. */
	len = snprintf(cmdline, sizeof(cmdline), WORDS_FIRST "%s%s", *boot->cmdline ? " " : "",
		       boot->cmdline);
	return linux_start(boot, &header, (size_t)len < sizeof(cmdline) ? cmdline : boot->cmdline,
			   kernel_end(boot, &header), LAYOUT_HIGH + ENTRY_64_BIT);
}

const struct loader bzimage_loader = {
	.name = "Linux bzImage", .platform = PLATFORM_PC, .matches = matches, .load = load};
