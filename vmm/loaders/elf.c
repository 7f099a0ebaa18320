/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the reading of ELF: System V ABI, chapters 4 and 5. Every number in the file may be a lie.
 */
#include <elf.h>
#include <string.h>

#include "vmm/loaders/elf.h"

#define SEGMENTS_MAX 64

static bool is_for_x86(const unsigned char *ident, uint16_t type, uint16_t machine)
{
	return ident[EI_DATA] == ELFDATA2LSB && type == ET_EXEC &&
	       (machine == EM_386 || machine == EM_X86_64);
}

static bool open_32(struct image image, struct elf *elf)
{
	Elf32_Ehdr h;

	if (!image_copy(image, 0, &h, sizeof(h)) || !is_for_x86(h.e_ident, h.e_type, h.e_machine))
		return false;
	*elf = (struct elf){.entry = h.e_entry,
			    .segments_at = h.e_phoff,
			    .segment_size = h.e_phentsize,
			    .segment_cnt = h.e_phnum};
	return h.e_phentsize >= sizeof(Elf32_Phdr);
}

static bool open_64(struct image image, struct elf *elf)
{
	Elf64_Ehdr h;

	if (!image_copy(image, 0, &h, sizeof(h)) || !is_for_x86(h.e_ident, h.e_type, h.e_machine))
		return false;
	*elf = (struct elf){.is_64 = true,
			    .entry = h.e_entry,
			    .segments_at = h.e_phoff,
			    .segment_size = h.e_phentsize,
			    .segment_cnt = h.e_phnum};
	return h.e_phentsize >= sizeof(Elf64_Phdr);
}

bool elf_open(struct image image, struct elf *elf)
{
	const unsigned char *ident = image_at(image, 0, EI_NIDENT);
	bool good = false;

	if (!ident || memcmp(ident, ELFMAG, SELFMAG))
		return false;
	if (ident[EI_CLASS] == ELFCLASS32)
		good = open_32(image, elf);
	else if (ident[EI_CLASS] == ELFCLASS64)
		good = open_64(image, elf);
	return good && elf->segment_cnt && elf->segment_cnt <= SEGMENTS_MAX &&
	       image_at(image, elf->segments_at, (uint64_t)elf->segment_size * elf->segment_cnt);
}

void elf_segment(struct image image, const struct elf *elf, unsigned int i,
		 struct elf_segment *segment)
{
	uint64_t at = elf->segments_at + (uint64_t)i * elf->segment_size;

	if (elf->is_64) {
		Elf64_Phdr p = {0};

		image_copy(image, at, &p, sizeof(p));
		*segment = (struct elf_segment){p.p_type,  p.p_offset, p.p_filesz,
						p.p_paddr, p.p_memsz,  p.p_align};
	} else {
		Elf32_Phdr p = {0};

		image_copy(image, at, &p, sizeof(p));
		*segment = (struct elf_segment){p.p_type,  p.p_offset, p.p_filesz,
						p.p_paddr, p.p_memsz,  p.p_align};
	}
}

static int load_segment(const struct boot *boot, const struct elf_segment *s)
{
	const void *bytes = image_at(boot->image, s->offset, s->file_size);

	if (!bytes || s->file_size > s->memory_size)
		return boot_broken(boot, "a segment is not all in the file");
	if (!guest_memory_at(boot->memory, GPA(s->addr), s->memory_size))
		return boot_no_room(boot, "a segment", s->addr, s->memory_size);
	return guest_memory_write(boot->memory, GPA(s->addr), bytes, s->file_size);
}

/* Segments that overlap in the file could make a small image cost hours. */
int elf_load(const struct boot *boot, const struct elf *elf, uint64_t *end)
{
	uint64_t copied = 0;
	int err = 0;

	*end = 0;
	for (unsigned int i = 0; i < elf->segment_cnt && !err; i++) {
		struct elf_segment s;

		elf_segment(boot->image, elf, i, &s);
		if (s.type != PT_LOAD || !s.memory_size)
			continue;
		err = load_segment(boot, &s);
		if (!err && (copied += s.file_size) > boot->image.size)
			err = boot_broken(boot, "its segments overlap");
		if (!err && s.addr + s.memory_size > *end)
			*end = s.addr + s.memory_size;
	}
	if (!err && !*end)
		err = boot_broken(boot, "it has nothing to load");
	return err;
}

/* A note: three words, the name and the descriptor, both filled up to the alignment. */
static const void *find_note(struct image notes, uint64_t align, const char *name, uint32_t type,
			     uint32_t *len)
{
	uint64_t mask = align == 8 ? 7 : 3, at = 0, name_len = strlen(name) + 1;
	Elf64_Nhdr h; /* the same for both classes */

	while (image_copy(notes, at, &h, sizeof(h))) {
		uint64_t name_at = at + sizeof(h);
		uint64_t desc_at = name_at + ((h.n_namesz + mask) & ~mask);
		const char *found = image_at(notes, name_at, h.n_namesz);

		if (!found || !image_at(notes, desc_at, h.n_descsz))
			return NULL;
		if (h.n_type == type && h.n_namesz == name_len && !memcmp(found, name, name_len)) {
			*len = h.n_descsz;
			return image_at(notes, desc_at, h.n_descsz);
		}
		at = desc_at + ((h.n_descsz + mask) & ~mask);
	}
	return NULL;
}

const void *elf_note(struct image image, const struct elf *elf, const char *name, uint32_t type,
		     uint32_t *len)
{
	for (unsigned int i = 0; i < elf->segment_cnt; i++) {
		struct elf_segment s;
		const void *bytes, *desc;

		elf_segment(image, elf, i, &s);
		bytes = s.type == PT_NOTE ? image_at(image, s.offset, s.file_size) : NULL;
		if (!bytes)
			continue;
		desc = find_note((struct image){bytes, s.file_size}, s.align, name, type, len);
		if (desc)
			return desc;
	}
	return NULL;
}
