/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns Linux's own format, bzImage: a boot sector and setup code for 16 bits, which we leave out,
 * then the kernel, which unpacks itself. Kernel: Documentation/arch/x86/boot.rst.
 *
 *	0x000  boot sector, of no use here (newer kernels keep a PE header in it)
 *	0x1f1  struct setup_header
 *	(setup_sects + 1) * 512	 the kernel: 32-bit entry at +0, 64-bit entry at +0x200
 */
#include <asm/bootparam.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "vmm/boot.h"
#include "vmm/complain.h"
#include "vmm/layout.h"
#include "vmm/memory_map.h"

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
	if (end < header->init_size || end > low->size)
		return boot_no_room(boot, "the kernel, unpacked", end - header->init_size,
				    header->init_size);
	return 0;
}

static int put_words(const struct boot *boot, size_t max)
{
	char cmdline[2 * LAYOUT_CMDLINE_MAX];
	int len = snprintf(cmdline, sizeof(cmdline), WORDS_FIRST "%s%s",
			   *boot->cmdline ? " " : "", boot->cmdline);

	return boot_put_cmdline(boot, (size_t)len < sizeof(cmdline) ? cmdline : boot->cmdline, max);
}

static void fill_memory_map(struct boot_params *params, const struct guest_memory *memory)
{
	struct memory_range ranges[MEMORY_RANGES_MAX];
	unsigned int cnt = memory_map(memory, ranges);

	for (unsigned int i = 0; i < cnt; i++)
		params->e820_table[i] = (struct boot_e820_entry){
			.addr = ranges[i].base, .size = ranges[i].size, .type = ranges[i].type};
	params->e820_entries = (uint8_t)cnt;
}

static int load(struct boot *boot)
{
	struct boot_params params = {.acpi_rsdp_addr = LAYOUT_ACPI};
	struct setup_header *header = &params.hdr;
	uint64_t initrd, kernel_end;
	int err;

	copy_header(boot->image, header);
	err = check_header(boot, header);
	if (!err)
		err = put_kernel(boot, header);
	if (!err)
		err = put_words(boot, (size_t)header->cmdline_size + 1);
	if (!err)
		err = boot_put_long_mode(boot);
	if (err)
		return err;
	kernel_end = unpacked_end(header);
	if (kernel_end < LAYOUT_HIGH + boot->image.size)
		kernel_end = LAYOUT_HIGH + boot->image.size;
	err = boot_put_initrd(boot, kernel_end, header->initrd_addr_max, &initrd);
	if (err)
		return err;

	fill_memory_map(&params, boot->memory);
	header->type_of_loader = 0xff; /* none that has a number */
	header->code32_start = LAYOUT_HIGH;
	header->cmd_line_ptr = LAYOUT_CMDLINE;
	header->ramdisk_image = (uint32_t)initrd;
	header->ramdisk_size = (uint32_t)boot->initrd.size;
	if (guest_memory_write(boot->memory, GPA(LAYOUT_BOOT_INFO), &params, sizeof(params)) < 0)
		return boot_no_room(boot, "boot parameters", LAYOUT_BOOT_INFO, sizeof(params));
	boot->start = (struct cpu_start){
		.mode = CPU_LONG, .rip = LAYOUT_HIGH + ENTRY_64_BIT, .rsi = LAYOUT_BOOT_INFO};
	return 0;
}

const struct loader bzimage_loader = {
	.name = "Linux bzImage", .platform = PLATFORM_PC, .matches = matches, .load = load};
