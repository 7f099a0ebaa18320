/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Finds the functions of user_functions.def in an ELF file, with libelf. */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/elf_symbols.h"

static const struct user_func known[] = {
#define UFUNC(symbol, args, returns) { symbol, args, returns, 0 },
#include "bpf/user_functions.def"
#undef UFUNC
};

#define KNOWN_CNT (sizeof(known) / sizeof(known[0]))

/* A virtual address into an offset in the file, by the segment that loads it; 0: none does. */
static uint64_t file_offset(Elf *elf, uint64_t address)
{
	size_t segment_cnt = 0;

	elf_getphdrnum(elf, &segment_cnt);
	for (size_t i = 0; i < segment_cnt; i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(elf, (int)i, &segment) || segment.p_type != PT_LOAD)
			continue;
		if (address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
			return address - segment.p_vaddr + segment.p_offset;
	}
	return 0;
}

static void symbol_take(Elf *elf, const GElf_Sym *symbol, const char *name,
			struct user_func found[KNOWN_CNT])
{
	if (GELF_ST_TYPE(symbol->st_info) != STT_FUNC || !symbol->st_value || !name)
		return;
	for (size_t i = 0; i < KNOWN_CNT; i++) {
		if (found[i].symbol || strcmp(known[i].symbol, name))
			continue;
		found[i] = known[i];
		found[i].file_off = file_offset(elf, symbol->st_value);
	}
}

static void symbols_read(Elf *elf, struct user_func found[KNOWN_CNT])
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section))) {
		Elf_Data *data;
		GElf_Shdr header;
		GElf_Sym symbol;

		if (!gelf_getshdr(section, &header) || !header.sh_entsize ||
		    (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM))
			continue;
		data = elf_getdata(section, NULL);
		if (!data)
			continue;
		for (size_t i = 0; i < data->d_size / header.sh_entsize; i++)
			if (gelf_getsym(data, (int)i, &symbol))
				symbol_take(elf, &symbol,
					    elf_strptr(elf, header.sh_link, symbol.st_name), found);
	}
}

int elf_user_funcs(const char *path, struct user_func **funcs)
{
	struct user_func found[KNOWN_CNT] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC), cnt = 0;
	Elf *elf;

	*funcs = NULL;
	if (fd < 0)
		return -errno;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!elf || elf_kind(elf) != ELF_K_ELF) {
		cnt = -ENOEXEC;
		goto cleanup;
	}
	symbols_read(elf, found);
	*funcs = calloc(KNOWN_CNT, sizeof(**funcs));
	if (!*funcs)
		cnt = -ENOMEM;
	for (size_t i = 0; *funcs && i < KNOWN_CNT; i++)
		if (found[i].symbol && found[i].file_off)
			(*funcs)[cnt++] = found[i];
cleanup:
	elf_end(elf);
	close(fd);
	return cnt;
}
