/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* ELF executables, of 32 and of 64 bits, as far as several loaders need them. */
#ifndef VMM_LOADERS_ELF_H
#define VMM_LOADERS_ELF_H

#include "vmm/boot.h"

struct elf {
	bool is_64;
	uint64_t entry;
	uint64_t segments_at; /* offset of the program headers, and of each to the next */
	unsigned int segment_size, segment_cnt;
};

struct elf_segment {
	uint32_t type;
	uint64_t offset, file_size; /* in the image */
	uint64_t addr, memory_size; /* guest-physical: p_paddr */
	uint64_t align;
};

/* Reads the ELF header. False if the image is no executable for x86, or its tables are cut off. */
bool elf_open(struct image image, struct elf *elf);

/* Reads a program header, of segment_cnt. */
void elf_segment(struct image image, const struct elf *elf, unsigned int i,
		 struct elf_segment *segment);

/*
 * Puts what is to be loaded where it wants to be; *end is the first byte behind all of it. What
 * lies in memory but not in the file is zeros already. Returns 0, or < 0 after a message.
 */
int elf_load(const struct boot *boot, const struct elf *elf, uint64_t *end);

/* A descriptor of an ELF note with that name and type: its bytes, and their count; or NULL. */
const void *elf_note(struct image image, const struct elf *elf, const char *name, uint32_t type,
		     uint32_t *len);

#endif
