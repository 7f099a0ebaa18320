/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns Multiboot images: a header in the first 8 KiB, an entry of 32 bits, with EBX at a structure
 * that tells of memory, command line and modules. Multiboot Specification 0.6.96, chapter 3.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "vmm/complain.h"
#include "vmm/layout.h"
#include "vmm/loaders/elf.h"
#include "vmm/memory_map.h"

#define HEADER_MAGIC  0x1badb002
#define START_MAGIC   0x2badb002
#define SEARCHED      8192
#define WANTS_PAGES   (1u << 0) /* modules start on a page: they always do */
#define WANTS_MEMORY  (1u << 1) /* likewise */
#define MUST_KNOW     0xffffu	/* who does not know one of these may not load it */
#define HAS_ADDRESSES (1u << 16)

struct header {
	uint32_t magic, flags, checksum;
	uint32_t header_addr, load_addr, load_end, bss_end, entry; /* with HAS_ADDRESSES */
};

#define INFO_MEMORY  (1u << 0)
#define INFO_CMDLINE (1u << 2)
#define INFO_MODULES (1u << 3)
#define INFO_MAP     (1u << 6)

struct info {
	uint32_t flags, mem_lower, mem_upper, boot_device, cmdline, module_cnt, modules;
	uint32_t symbols[4];
	uint32_t map_size, map;
	uint32_t unused[9];
};

struct module {
	uint32_t start, end, cmdline, reserved;
};

struct __attribute__((packed)) map_entry {
	uint32_t size; /* of the rest */
	uint64_t addr, len;
	uint32_t type;
};

/* As they lie from LAYOUT_BOOT_INFO on. */
struct boot_info {
	struct info info;
	struct module module;
	struct map_entry map[MEMORY_RANGES_MAX];
};

/* Where in the image the header is; SEARCHED if there is none. */
static uint64_t find_header(struct image image, struct header *header)
{
	const size_t least = offsetof(struct header, header_addr);

	for (uint64_t at = 0; at < SEARCHED; at += 4) {
		memset(header, 0, sizeof(*header));
		if (!image_copy(image, at, header, least))
			break;
		if (header->magic != HEADER_MAGIC ||
		    header->magic + header->flags + header->checksum)
			continue;
		if (header->flags & HAS_ADDRESSES &&
		    !image_copy(image, at, header, sizeof(*header)))
			break;
		return at;
	}
	return SEARCHED;
}

static bool matches(struct image image)
{
	struct header header;

	return find_header(image, &header) < SEARCHED;
}

/* The header says itself what goes where, counted from its own place in the file. */
static int load_by_addresses(const struct boot *boot, const struct header *h, uint64_t at,
			     uint64_t *end)
{
	uint64_t before = (uint64_t)h->header_addr - h->load_addr, size;
	const void *bytes;

	if (h->header_addr < h->load_addr || before > at)
		return boot_broken(boot, "its header lies before the file's begin");
	size = h->load_end ? (uint64_t)h->load_end - h->load_addr
			   : boot->image.size - (at - before);
	bytes = h->load_end < h->load_addr && h->load_end
			? NULL
			: image_at(boot->image, at - before, size);
	if (!bytes)
		return boot_broken(boot, "what it wants loaded is not all in the file");
	*end = h->load_addr + size;
	if (h->bss_end > *end)
		*end = h->bss_end;
	if (!guest_memory_at(boot->memory, GPA(h->load_addr), *end - h->load_addr))
		return boot_no_room(boot, "the program", h->load_addr, *end - h->load_addr);
	return guest_memory_write(boot->memory, GPA(h->load_addr), bytes, size);
}

static int load_program(struct boot *boot, uint64_t *end)
{
	struct header header;
	struct elf elf;
	uint64_t at = find_header(boot->image, &header);

	if (header.flags & MUST_KNOW & ~(WANTS_PAGES | WANTS_MEMORY)) {
		complain("%s: wants of its loader what this one has not (Multiboot flags 0x%x); "
			 "give one that needs no video mode",
			 boot->name, header.flags);
		return -ENOTSUP;
	}
	boot->start =
		(struct cpu_start){.mode = CPU_FLAT, .rbx = LAYOUT_BOOT_INFO, .rax = START_MAGIC};
	if (header.flags & HAS_ADDRESSES) {
		boot->start.rip = header.entry;
		return load_by_addresses(boot, &header, at, end);
	}
	if (!elf_open(boot->image, &elf))
		return boot_broken(boot, "neither addresses in its header, nor an ELF file");
	boot->start.rip = (uint32_t)elf.entry;
	return elf_load(boot, &elf, end);
}

/*
 * kvm-unit-tests read how many CPUs and how many MiB there are from a module, where there is no
 * QEMU to ask; so who gives none gets one that says so (lib/x86/fwcfg.c there).
 */
static int put_module(const struct boot *boot, uint64_t lowest, struct module *module)
{
	uint64_t megabytes = 0, at;
	struct boot with = *boot;
	char words[96];
	int err;

	for (unsigned int i = 0; i < boot->memory->slot_cnt; i++)
		megabytes += boot->memory->slots[i].size >> 20;
	if (!with.initrd.size) {
		with.initrd.bytes = (const uint8_t *)words;
		with.initrd.size = (size_t)snprintf(words, sizeof(words),
						    "NR_CPUS=%u\nMEMSIZE=%llu\nTEST_DEVICE=0\n",
						    boot->vcpu_cnt, (unsigned long long)megabytes);
	}
	err = boot_put_initrd(&with, lowest, UINT32_MAX, &at);
	*module = (struct module){.start = (uint32_t)at, .end = (uint32_t)(at + with.initrd.size)};
	return err;
}

static void fill_map(struct boot_info *info, const struct guest_memory *memory)
{
	struct memory_range ranges[MEMORY_RANGES_MAX];
	unsigned int cnt = memory_map(memory, ranges);

	for (unsigned int i = 0; i < cnt; i++)
		info->map[i] = (struct map_entry){sizeof(info->map[i]) - sizeof(info->map[i].size),
						  ranges[i].base, ranges[i].size, ranges[i].type};
	info->info.map = LAYOUT_BOOT_INFO + offsetof(struct boot_info, map);
	info->info.map_size = cnt * (uint32_t)sizeof(info->map[0]);
}

/* The first word of the command line is the program's name. */
static int put_cmdline(const struct boot *boot)
{
	char cmdline[2 * LAYOUT_CMDLINE_MAX];
	int len = snprintf(cmdline, sizeof(cmdline), "%s%s%s", boot->name,
			   *boot->cmdline ? " " : "", boot->cmdline);

	return boot_put_cmdline(boot, (size_t)len < sizeof(cmdline) ? cmdline : boot->cmdline,
				LAYOUT_CMDLINE_MAX);
}

static int load(struct boot *boot)
{
	struct boot_info info = {
		.info = {.flags = INFO_MEMORY | INFO_CMDLINE | INFO_MODULES | INFO_MAP,
			 .mem_lower = LAYOUT_LOW_END >> 10,
			 .mem_upper = (uint32_t)((boot->memory->slots[0].size - LAYOUT_HIGH) >> 10),
			 .cmdline = LAYOUT_CMDLINE,
			 .module_cnt = 1,
			 .modules = LAYOUT_BOOT_INFO + offsetof(struct boot_info, module)}};
	uint64_t end;
	int err = load_program(boot, &end);

	if (!err)
		err = put_module(boot, end, &info.module);
	if (!err)
		err = put_cmdline(boot);
	if (err)
		return err;
	fill_map(&info, boot->memory);
	if (guest_memory_write(boot->memory, GPA(LAYOUT_BOOT_INFO), &info, sizeof(info)) < 0)
		return boot_no_room(boot, "boot information", LAYOUT_BOOT_INFO, sizeof(info));
	return 0;
}

const struct loader multiboot_loader = {
	.name = "Multiboot 1", .platform = PLATFORM_PC, .matches = matches, .load = load};
