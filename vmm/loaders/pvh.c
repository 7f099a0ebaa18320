/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns ELF executables with a PVH note: an entry of 32 bits, with EBX at a structure that tells of
 * everything. Xen: docs/misc/pvh.pandoc, xen/include/public/arch-x86/hvm/start_info.h.
 */
#include <string.h>

#include "vmm/layout.h"
#include "vmm/loaders/elf.h"
#include "vmm/memory_map.h"

#define NOTE_NAME  "Xen"
#define NOTE_ENTRY 18 /* XEN_ELFNOTE_PHYS32_ENTRY */
#define MAGIC	   0x336ec578

struct start_info {
	uint32_t magic, version, flags, module_cnt;
	uint64_t modules, cmdline, rsdp, memory_map;
	uint32_t memory_map_cnt, reserved;
};

struct module {
	uint64_t addr, size, cmdline, reserved;
};

struct map_entry {
	uint64_t addr, size;
	uint32_t type, reserved;
};

/* As they lie from LAYOUT_BOOT_INFO on. */
struct boot_info {
	struct start_info start;
	struct module module;
	struct map_entry map[MEMORY_RANGES_MAX];
};

/* The note holds 4 bytes in a file of 32 bits, and may hold 8 in one of 64. */
static bool find_entry(struct image image, const struct elf *elf, uint32_t *entry)
{
	uint32_t len;
	const void *note = elf_note(image, elf, NOTE_NAME, NOTE_ENTRY, &len);

	if (note && len >= sizeof(*entry))
		memcpy(entry, note, sizeof(*entry));
	return note && len >= sizeof(*entry);
}

static bool matches(struct image image)
{
	struct elf elf;
	uint32_t entry;

	return elf_open(image, &elf) && find_entry(image, &elf, &entry);
}

static int put_info(const struct boot *boot, uint64_t initrd)
{
	struct boot_info info = {
		.start = {.magic = MAGIC,
			  .version = 1,
			  .module_cnt = boot->initrd.size ? 1 : 0,
			  .modules = LAYOUT_BOOT_INFO + offsetof(struct boot_info, module),
			  .cmdline = LAYOUT_CMDLINE,
			  .rsdp = LAYOUT_ACPI,
			  .memory_map = LAYOUT_BOOT_INFO + offsetof(struct boot_info, map)},
		.module = {.addr = initrd, .size = boot->initrd.size}};
	struct memory_range ranges[MEMORY_RANGES_MAX];

	info.start.memory_map_cnt = memory_map(boot->memory, ranges);
	for (unsigned int i = 0; i < info.start.memory_map_cnt; i++)
		info.map[i] = (struct map_entry){ranges[i].base, ranges[i].size, ranges[i].type, 0};
	if (guest_memory_write(boot->memory, GPA(LAYOUT_BOOT_INFO), &info, sizeof(info)) < 0)
		return boot_no_room(boot, "boot information", LAYOUT_BOOT_INFO, sizeof(info));
	return 0;
}

static int load(struct boot *boot)
{
	uint32_t entry = 0;
	struct elf elf;
	uint64_t end, initrd;
	int err;

	if (!elf_open(boot->image, &elf) || !find_entry(boot->image, &elf, &entry))
		return boot_broken(boot, "its ELF header is cut off");
	err = elf_load(boot, &elf, &end);
	if (!err)
		err = boot_put_initrd(boot, end, UINT32_MAX, &initrd);
	if (!err)
		err = boot_put_cmdline(boot, boot->cmdline, LAYOUT_CMDLINE_MAX);
	if (!err)
		err = put_info(boot, initrd);
	boot->start = (struct cpu_start){.mode = CPU_FLAT, .rip = entry, .rbx = LAYOUT_BOOT_INFO};
	return err;
}

const struct loader pvh_loader = {
	.name = "ELF with a PVH note", .platform = PLATFORM_PC, .matches = matches, .load = load};
