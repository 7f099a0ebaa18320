/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns ELF executables of 64 bits without a note or header that says how to boot them: they start
 * at their entry, in long mode, as Linux's own vmlinux wants it.
 */
#include "vmm/loaders/elf.h"
#include "vmm/loaders/linux.h"

static bool matches(struct image image)
{
	struct elf elf;

	return elf_open(image, &elf) && elf.is_64;
}

static int load(struct boot *boot)
{
	/* What a bzImage would bring: the header's magic, and no limits of its own. */
	struct setup_header header = {.boot_flag = 0xaa55,
				      .header = 0x53726448,
				      .version = 0x020f,
				      .initrd_addr_max = 0x7fffffff,
				      .cmdline_size = UINT16_MAX};
	struct elf elf;
	uint64_t end;
	int err;

	if (!elf_open(boot->image, &elf))
		return boot_broken(boot, "its ELF header is cut off");
	err = elf_load(boot, &elf, &end);
	return err ? err : linux_start(boot, &header, boot->cmdline, end, elf.entry);
}

const struct loader elf64_loader = {
	.name = "ELF, 64 bits", .platform = PLATFORM_PC, .matches = matches, .load = load};
