/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Reads the symbol tables of an ELF file, with libelf. */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <string.h>
#include <unistd.h>

#include "bpf/elf_symbols.h"

#define NO_OFFSET UINT64_MAX

/*
 * A virtual address into an offset in the file, by the segment that loads it: right for programs that
 * may be loaded anywhere, and for those that may not.
 */
static uint64_t file_offset(Elf *elf, uint64_t address)
{
	size_t segment_cnt = 0;

	elf_getphdrnum(elf, &segment_cnt);
	for (size_t i = 0; i < segment_cnt; i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(elf, (int)i, &segment) || segment.p_type != PT_LOAD ||
		    !(segment.p_flags & PF_X))
			continue;
		if (address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
			return address - segment.p_vaddr + segment.p_offset;
	}
	return NO_OFFSET;
}

struct visit {
	Elf *elf;
	elf_func_fn *fn;
	void *context;
	struct elf_summary *summary;
};

/* It calls the C library to make stacks, or says so in a name. */
static bool tells_of_coroutines(const GElf_Sym *symbol, const char *name)
{
	return symbol->st_shndx == SHN_UNDEF ? !strncmp(name, "makecontext", 11) :
					       strstr(name, "coroutine") != NULL;
}

static int symbol_take(const struct visit *visit, const GElf_Sym *symbol, const char *name)
{
	struct elf_func func = { .symbol = name };

	if (GELF_ST_TYPE(symbol->st_info) != STT_FUNC || !name || !*name)
		return 0;
	if (tells_of_coroutines(symbol, name))
		visit->summary->has_coroutines = true;
	if (symbol->st_shndx == SHN_UNDEF)
		return 0;
	func.file_off = file_offset(visit->elf, symbol->st_value);
	if (func.file_off == NO_OFFSET)
		return 0;
	visit->summary->func_cnt++;
	return visit->fn(visit->context, &func);
}

static int section_read(const struct visit *visit, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t cnt = data ? data->d_size / header->sh_entsize : 0;
	GElf_Sym symbol;
	int err = 0;

	for (size_t i = 0; !err && i < cnt && i < INT32_MAX; i++)
		if (gelf_getsym(data, (int)i, &symbol))
			err = symbol_take(visit, &symbol,
					  elf_strptr(visit->elf, header->sh_link, symbol.st_name));
	return err;
}

int elf_funcs_each(const char *path, elf_func_fn *fn, void *context, struct elf_summary *summary)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	struct visit visit = { .fn = fn, .context = context, .summary = summary };
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	*summary = (struct elf_summary){ .is_stripped = true };
	if (fd < 0)
		return -errno;
	elf_version(EV_CURRENT);
	visit.elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!visit.elf || elf_kind(visit.elf) != ELF_K_ELF)
		err = -ENOEXEC;
	while (!err && (section = elf_nextscn(visit.elf, section))) {
		if (!gelf_getshdr(section, &header) || !header.sh_entsize ||
		    (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM))
			continue;
		if (header.sh_type == SHT_SYMTAB)
			summary->is_stripped = false;
		err = section_read(&visit, section, &header);
	}
	elf_end(visit.elf);
	close(fd);
	return err;
}
