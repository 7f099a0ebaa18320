/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the BIOS's way into a guest that starts in 16 bits and will call it: bios/bios.S. */
#include <string.h>

#include "vmm/bios.h"
#include "vmm/bios/places.h"
#include "vmm/layout.h"
#include "vmm/memory_map.h"

__asm__(".pushsection .rodata\n"
	".globl bios_image, bios_image_end\n"
	"bios_image: .incbin \"vmm-obj/bios/bios.bin\"\n"
	"bios_image_end: .byte 0\n"
	".popsection");
extern const uint8_t bios_image[], bios_image_end[];

#define SEGMENT_GPA	 (BIOS_SEGMENT << 4)
#define BDA_HIGH_KIB_GPA 0x415

_Static_assert(SEGMENT_GPA + BIOS_OFFSET >= LAYOUT_MP_TABLE + 0x2000, "the MP table is there");

static int put_map(const struct boot *boot)
{
	struct memory_range ranges[MEMORY_RANGES_MAX];
	uint16_t cnt = (uint16_t)memory_map(boot->memory, ranges);
	uint64_t at = SEGMENT_GPA + BIOS_MAP;
	int err = guest_memory_write(boot->memory, GPA(at), &cnt, sizeof(cnt));

	at += sizeof(cnt);
	for (unsigned int i = 0; i < cnt && !err; i++, at += BIOS_MAP_ENTRY) {
		struct {
			uint64_t base, size;
			uint32_t type;
		} entry = {ranges[i].base, ranges[i].size, ranges[i].type};

		err = guest_memory_write(boot->memory, GPA(at), &entry, BIOS_MAP_ENTRY);
	}
	return err;
}

int bios_start(struct boot *boot)
{
	uint64_t kib = (boot->memory->slots[0].size - LAYOUT_HIGH) >> 10;
	uint16_t high_kib = kib < UINT16_MAX ? (uint16_t)kib : UINT16_MAX;
	int err = guest_memory_write(boot->memory, GPA(SEGMENT_GPA + BIOS_OFFSET), bios_image,
				     (size_t)(bios_image_end - bios_image));

	if (!err)
		err = put_map(boot);
	if (!err)
		err = guest_memory_write(boot->memory, GPA(BDA_HIGH_KIB_GPA), &high_kib,
					 sizeof(high_kib));
	if (err)
		return boot_no_room(boot, "the BIOS", SEGMENT_GPA, 1 << 16);
	boot->start = (struct cpu_start){.mode = CPU_REAL, .rip = SEGMENT_GPA + BIOS_OFFSET};
	return 0;
}
