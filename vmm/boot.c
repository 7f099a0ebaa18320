/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the choice of a loader, and what several of them put into memory. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "vmm/boot.h"
#include "vmm/complain.h"
#include "vmm/layout.h"

#define LOADER(name) extern const struct loader name##_loader;
#include "vmm/loaders.def"
#undef LOADER

static const struct loader *const loaders[] = {
#define LOADER(name) &name##_loader,
#include "vmm/loaders.def"
#undef LOADER
};

const struct loader *loader_find(struct image image)
{
	for (size_t i = 0; i < sizeof(loaders) / sizeof(loaders[0]); i++)
		if (loaders[i]->matches(image))
			return loaders[i];
	return NULL;
}

int boot_no_room(const struct boot *boot, const char *what, uint64_t addr, uint64_t len)
{
	complain("%s: %s, %" PRIu64 " bytes at 0x%" PRIx64
		 ": not all of it is memory; give more with --mem",
		 boot->name, what, len, addr);
	return -EFBIG;
}

int boot_broken(const struct boot *boot, const char *what)
{
	complain("%s: %s; the image is damaged, or not what its magic number says", boot->name,
		 what);
	return -ENOEXEC;
}

int boot_put_cmdline(const struct boot *boot, const char *cmdline, size_t max)
{
	size_t len = strlen(cmdline);

	if (max > LAYOUT_CMDLINE_MAX)
		max = LAYOUT_CMDLINE_MAX;
	if (len >= max) {
		complain("%s: the command line has %zu bytes, %zu are allowed; shorten --cmdline",
			 boot->name, len, max - 1);
		return -E2BIG;
	}
	if (guest_memory_write(boot->memory, GPA(LAYOUT_CMDLINE), cmdline, len + 1) < 0)
		return boot_no_room(boot, "command line", LAYOUT_CMDLINE, len + 1);
	return 0;
}

int boot_put_initrd(const struct boot *boot, uint64_t lowest, uint64_t highest, uint64_t *at)
{
	const struct memory_slot *low = &boot->memory->slots[0];
	uint64_t end = low->size, len = boot->initrd.size;

	*at = 0;
	if (!len)
		return 0;
	if (highest < end)
		end = highest + 1;
	if (len > end || ((end - len) & ~0xfffull) < lowest) {
		complain("%s: an initrd of %" PRIu64 " bytes does not fit between 0x%" PRIx64
			 " and 0x%" PRIx64 "; give more memory with --mem",
			 boot->name, len, lowest, end);
		return -EFBIG;
	}
	*at = (end - len) & ~0xfffull;
	return guest_memory_write(boot->memory, GPA(*at), boot->initrd.bytes, len);
}

/*
 * Descriptors: SDM vol. 3, 3.4.5. The selectors are those of Linux's boot protocol: 0x10 for
 * code, 0x18 for data.
 */
static const uint64_t gdt[] = {0, 0, 0x00af9b000000ffff, 0x00cf93000000ffff};

/* Entries of page tables: SDM vol. 3, 4.5; APM vol. 2, 5.3. AMD wants bit 8 to be 0 in a PML4E. */
#define PTE_PRESENT_WRITABLE 0x3ull
#define PTE_LARGE	     0x80ull /* in a page directory: maps 2 MiB */

/* One table of the first level, one of the second, four of the third, with pages of 2 MiB. */
int boot_put_long_mode(const struct boot *boot)
{
	uint64_t tables[6][512] = {0};

	tables[0][0] = (LAYOUT_PAGE_TABLES + 0x1000) | PTE_PRESENT_WRITABLE;
	for (unsigned int i = 0; i < 4; i++)
		tables[1][i] = (LAYOUT_PAGE_TABLES + (2 + i) * 0x1000) | PTE_PRESENT_WRITABLE;
	for (uint64_t i = 0; i < 4 * 512; i++)
		tables[2 + i / 512][i % 512] = i << 21 | PTE_PRESENT_WRITABLE | PTE_LARGE;
	if (guest_memory_write(boot->memory, GPA(LAYOUT_GDT), gdt, sizeof(gdt)) < 0 ||
	    guest_memory_write(boot->memory, GPA(LAYOUT_PAGE_TABLES), tables, sizeof(tables)) < 0)
		return boot_no_room(boot, "page tables", LAYOUT_PAGE_TABLES, sizeof(tables));
	return 0;
}
