/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns what lies in a PC's memory before its operating system does: tables and a few words. */
#include "vmm/firmware.h"
#include "vmm/layout.h"
#include "vmm/machine.h"
#include "vmm/walk.h"

/* The BIOS data area: where low memory ends, as a segment and in KiB. */
#define BDA_EBDA_SEGMENT 0x40e
#define BDA_LOW_KIB	 0x413

uint8_t firmware_checksum(const void *table, size_t len)
{
	const uint8_t *bytes = table;
	uint8_t sum = 0;

	while (len--)
		sum = (uint8_t)(sum + *bytes++);
	return (uint8_t)-sum;
}

static int write_word(const struct machine *m, uint64_t addr, uint16_t value)
{
	return guest_memory_write(&m->vm.memory, GPA(addr), &value, sizeof(value));
}

/* QEMU today: acpi_setup() and its firmware, SeaBIOS. */
WALK int firmware_write(const struct machine *m)
{
	int err = write_word(m, BDA_EBDA_SEGMENT, LAYOUT_LOW_END >> 4);

	if (!err)
		err = write_word(m, BDA_LOW_KIB, LAYOUT_LOW_END >> 10);
	if (!err)
		err = mp_table_write(m);
	return err ? err : acpi_write(m);
}
