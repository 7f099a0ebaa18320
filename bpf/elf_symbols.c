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

/* Bounds of what is believed of a file, which any process may have made. Real programs keep far below. */
#define NAME_SZ_MAX  1024
#define NAMES_SZ_MAX (256u << 20) /* of a table, and of all that are looked at: many may be the same */
#define SEGMENTS_MAX 16		  /* with code */

struct visit {
	Elf *elf;
	elf_func_fn *fn;
	void *context;
	struct elf_summary *summary;
	GElf_Phdr segments[SEGMENTS_MAX];
	size_t segment_cnt;
	size_t symbols_left, names_sz_left;
};

/*
 * Sections and segments are counted in 16 bits, or, where the header holds these marks, in more: object
 * files and core dumps need that, programs do not. libelf would get memory for as many as there are said
 * to be.
 */
static bool has_too_many_parts(int fd)
{
	union {
		unsigned char ident[EI_NIDENT];
		Elf32_Ehdr of_32;
		Elf64_Ehdr of_64;
	} header = { 0 };

	if (pread(fd, &header, sizeof(header), 0) < (ssize_t)sizeof(header.of_32) ||
	    memcmp(header.ident, ELFMAG, SELFMAG) != 0)
		return false; /* libelf refuses it */
	if (header.ident[EI_CLASS] == ELFCLASS32)
		return header.of_32.e_phnum == PN_XNUM || (header.of_32.e_shoff && !header.of_32.e_shnum);
	return header.of_64.e_phnum == PN_XNUM || (header.of_64.e_shoff && !header.of_64.e_shnum);
}

static void segments_read(struct visit *visit)
{
	size_t cnt = 0;

	elf_getphdrnum(visit->elf, &cnt);
	for (size_t i = 0; i < cnt; i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(visit->elf, (int)i, &segment) || segment.p_type != PT_LOAD ||
		    !(segment.p_flags & PF_X))
			continue;
		if (visit->segment_cnt == SEGMENTS_MAX) {
			visit->summary->is_cut = true;
			break;
		}
		visit->segments[visit->segment_cnt++] = segment;
	}
}

/*
 * A virtual address into an offset in the file, by the segment that loads it: right for programs that
 * may be loaded anywhere, and for those that may not.
 */
static uint64_t file_offset(const struct visit *visit, uint64_t address)
{
	for (size_t i = 0; i < visit->segment_cnt; i++) {
		const GElf_Phdr *segment = &visit->segments[i];

		if (address >= segment->p_vaddr && address - segment->p_vaddr < segment->p_filesz)
			return address - segment->p_vaddr + segment->p_offset;
	}
	return NO_OFFSET;
}

/* It calls the C library to make stacks, or says so in a name. */
static bool tells_of_coroutines(const GElf_Sym *symbol, const char *name)
{
	return symbol->st_shndx == SHN_UNDEF ? !strncmp(name, "makecontext", 11) :
					       strstr(name, "coroutine") != NULL;
}

static int symbol_take(const struct visit *visit, const GElf_Sym *symbol, const char *name)
{
	struct elf_func func = { .symbol = name };

	if (!*name)
		return 0;
	if (tells_of_coroutines(symbol, name))
		visit->summary->has_coroutines = true;
	if (symbol->st_shndx == SHN_UNDEF)
		return 0;
	func.file_off = file_offset(visit, symbol->st_value);
	if (func.file_off == NO_OFFSET)
		return 0;
	visit->summary->func_cnt++;
	return visit->fn(visit->context, &func);
}

/* The first bytes of a section, as many as may be; NULL: it has none. libelf frees them. */
static Elf_Data *section_data(const struct visit *visit, const GElf_Shdr *header, size_t sz_max,
			      Elf_Type type)
{
	size_t sz = header->sh_size;

	if (header->sh_type == SHT_NOBITS || header->sh_offset > INT64_MAX)
		return NULL;
	if (sz > sz_max) {
		sz = sz_max;
		visit->summary->is_cut = true;
	}
	return sz ? elf_getdata_rawchunk(visit->elf, (int64_t)header->sh_offset, sz, type) : NULL;
}

/* NULL: it has none, or a longer one than is looked at. */
static const char *name_at(struct visit *visit, const Elf_Data *names, size_t at)
{
	const char *name = names->d_buf;
	size_t room, sz;

	if (at >= names->d_size)
		return NULL;
	room = names->d_size - at;
	room = room < NAME_SZ_MAX ? room : NAME_SZ_MAX;
	room = room < visit->names_sz_left ? room : visit->names_sz_left;
	sz = strnlen(name + at, room);
	visit->names_sz_left -= sz;
	if (sz < room)
		return name + at;
	visit->summary->is_cut = true;
	return NULL;
}

static int table_read(struct visit *visit, const GElf_Shdr *header)
{
	size_t symbol_sz = gelf_fsize(visit->elf, ELF_T_SYM, 1, EV_CURRENT);
	GElf_Shdr names_header;
	Elf_Data *symbols, *names;
	size_t cnt;
	int err = 0;

	if (!gelf_getshdr(elf_getscn(visit->elf, header->sh_link), &names_header))
		return 0;
	symbols = section_data(visit, header, visit->symbols_left * symbol_sz, ELF_T_SYM);
	names = section_data(visit, &names_header, NAMES_SZ_MAX, ELF_T_BYTE);
	if (!symbols || !names)
		return 0;
	cnt = symbols->d_size / symbol_sz;
	visit->symbols_left -= cnt;
	for (size_t i = 0; !err && i < cnt; i++) {
		const char *name;
		GElf_Sym symbol;

		if (!gelf_getsym(symbols, (int)i, &symbol) ||
		    GELF_ST_TYPE(symbol.st_info) != STT_FUNC)
			continue;
		name = name_at(visit, names, symbol.st_name);
		if (name)
			err = symbol_take(visit, &symbol, name);
	}
	return err;
}

/* Of each kind the first one: there are no more in a program, and many may share the same bytes. */
static int tables_read(struct visit *visit)
{
	bool has_symtab = false, has_dynsym = false;
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	int err = 0;

	while (!err && (section = elf_nextscn(visit->elf, section))) {
		bool *has;

		if (!gelf_getshdr(section, &header) ||
		    (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM))
			continue;
		has = header.sh_type == SHT_SYMTAB ? &has_symtab : &has_dynsym;
		if (*has)
			visit->summary->is_cut = true;
		else
			err = table_read(visit, &header);
		*has = true;
	}
	visit->summary->is_stripped = !has_symtab;
	return err;
}

int elf_funcs_each(const char *path, elf_func_fn *fn, void *context, struct elf_summary *summary)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;
	struct visit visit = {
		.fn = fn, .context = context, .summary = summary, .symbols_left = ELF_SYMBOLS_MAX,
		.names_sz_left = NAMES_SZ_MAX,
	};

	*summary = (struct elf_summary){ .is_stripped = true };
	if (fd < 0)
		return -errno;
	if (has_too_many_parts(fd)) {
		summary->is_cut = true;
		close(fd);
		return 0;
	}
	elf_version(EV_CURRENT);
	/* read, not mapped: who cuts a mapped file off ends its reader by SIGBUS */
	visit.elf = elf_begin(fd, ELF_C_READ, NULL);
	if (visit.elf && elf_kind(visit.elf) == ELF_K_ELF) {
		segments_read(&visit);
		err = tables_read(&visit);
	} else {
		err = -ENOEXEC;
	}
	elf_end(visit.elf);
	close(fd);
	return err;
}
