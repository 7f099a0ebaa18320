/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns what Linux gets to know from its loader: Documentation/arch/x86/boot.rst, zero-page.rst. */
#include "vmm/layout.h"
#include "vmm/loaders/linux.h"
#include "vmm/memory_map.h"

static void fill_memory_map(struct boot_params *params, const struct guest_memory *memory)
{
	struct memory_range ranges[MEMORY_RANGES_MAX];
	unsigned int cnt = memory_map(memory, ranges);

	for (unsigned int i = 0; i < cnt; i++)
		params->e820_table[i] = (struct boot_e820_entry){
			.addr = ranges[i].base, .size = ranges[i].size, .type = ranges[i].type};
	params->e820_entries = (uint8_t)cnt;
}

int linux_start(struct boot *boot, const struct setup_header *header, const char *cmdline,
		uint64_t lowest, uint64_t entry)
{
	struct boot_params params = {.acpi_rsdp_addr = LAYOUT_ACPI, .hdr = *header};
	uint64_t initrd;
	int err = boot_put_cmdline(boot, cmdline, (size_t)header->cmdline_size + 1);

	if (!err)
		err = boot_put_long_mode(boot);
	if (!err)
		err = boot_put_initrd(boot, lowest, header->initrd_addr_max, &initrd);
	if (err)
		return err;
	fill_memory_map(&params, boot->memory);
	params.hdr.type_of_loader = 0xff; /* none that has a number */
	params.hdr.code32_start = LAYOUT_HIGH;
	params.hdr.cmd_line_ptr = LAYOUT_CMDLINE;
	params.hdr.ramdisk_image = (uint32_t)initrd;
	params.hdr.ramdisk_size = (uint32_t)boot->initrd.size;
	if (guest_memory_write(boot->memory, GPA(LAYOUT_BOOT_INFO), &params, sizeof(params)) < 0)
		return boot_no_room(boot, "boot parameters", LAYOUT_BOOT_INFO, sizeof(params));
	boot->start = (struct cpu_start){
		.mode = CPU_LONG, .rip = entry, .rsp = LAYOUT_LOW_END, .rsi = LAYOUT_BOOT_INFO};
	return 0;
}
