/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Symbols and code of ELF files and System.maps, which anybody may have made: all is checked. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace-viewer/symbols.h"

/* --- ELF ------------------------------------------------------------------------- */

struct file {
	const uint8_t *bytes;
	size_t sz;
	bool is_64;
};

/* Does the file have sz bytes at `at`? */
static bool has(const struct file *f, uint64_t at, uint64_t sz)
{
	return at <= f->sz && sz <= f->sz - at;
}

/* Section header i, of either size, as one of 64 bits. */
static bool section_get(const struct file *f, uint64_t table, uint32_t i, Elf64_Shdr *out)
{
	size_t sz = f->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	Elf32_Shdr small;

	if (table > f->sz || !has(f, table + (uint64_t)i * sz, sz))
		return false;
	if (f->is_64) {
		memcpy(out, f->bytes + table + (uint64_t)i * sz, sz);
		return true;
	}
	memcpy(&small, f->bytes + table + (uint64_t)i * sz, sz);
	*out = (Elf64_Shdr){ .sh_type = small.sh_type, .sh_offset = small.sh_offset,
			     .sh_size = small.sh_size, .sh_link = small.sh_link };
	return true;
}

static void symbol_get(const struct file *f, uint64_t at, Elf64_Sym *out)
{
	Elf32_Sym small;

	if (f->is_64) {
		memcpy(out, f->bytes + at, sizeof(*out));
		return;
	}
	memcpy(&small, f->bytes + at, sizeof(small));
	*out = (Elf64_Sym){ .st_name = small.st_name, .st_info = small.st_info,
			    .st_shndx = small.st_shndx, .st_value = small.st_value,
			    .st_size = small.st_size };
}

static bool is_code(const Elf64_Sym *sym)
{
	unsigned int type = ELF64_ST_TYPE(sym->st_info);

	return sym->st_shndx != SHN_UNDEF && (type == STT_FUNC || type == STT_NOTYPE);
}

static bool symtab_add(struct symbols *s, const struct file *f, const Elf64_Shdr *table,
		       const Elf64_Shdr *names)
{
	size_t sz = f->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);

	if (!has(f, table->sh_offset, table->sh_size) || !has(f, names->sh_offset, names->sh_size))
		return true;
	for (uint64_t at = 0; at + sz <= table->sh_size; at += sz) {
		Elf64_Sym sym;
		const char *name;

		symbol_get(f, table->sh_offset + at, &sym);
		if (!is_code(&sym) || sym.st_name >= names->sh_size)
			continue;
		name = (const char *)f->bytes + names->sh_offset + sym.st_name;
		if (!symbols_add(s, sym.st_value, sym.st_size, name,
				 strnlen(name, names->sh_size - sym.st_name)))
			return false;
	}
	return true;
}

static bool names_add(struct symbols *s, const struct file *f)
{
	Elf64_Ehdr large;
	Elf32_Ehdr small;
	uint64_t table;
	uint32_t cnt;

	memcpy(&large, f->bytes, sizeof(large));
	memcpy(&small, f->bytes, sizeof(small));
	table = f->is_64 ? large.e_shoff : small.e_shoff;
	cnt = f->is_64 ? large.e_shnum : small.e_shnum;
	for (uint32_t i = 0; i < cnt; i++) {
		Elf64_Shdr header, names;

		if (!section_get(f, table, i, &header))
			break;
		if (header.sh_type != SHT_SYMTAB || header.sh_link >= cnt ||
		    !section_get(f, table, header.sh_link, &names))
			continue;
		if (!symtab_add(s, f, &header, &names))
			return false;
	}
	return true;
}

/* Program header i, of either size, as one of 64 bits. */
static bool segment_get(const struct file *f, uint64_t table, uint32_t i, Elf64_Phdr *out)
{
	size_t sz = f->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	Elf32_Phdr small;

	if (table > f->sz || !has(f, table + (uint64_t)i * sz, sz))
		return false;
	if (f->is_64) {
		memcpy(out, f->bytes + table + (uint64_t)i * sz, sz);
		return true;
	}
	memcpy(&small, f->bytes + table + (uint64_t)i * sz, sz);
	*out = (Elf64_Phdr){ .p_type = small.p_type, .p_flags = small.p_flags, .p_offset = small.p_offset,
			     .p_vaddr = small.p_vaddr, .p_paddr = small.p_paddr,
			     .p_filesz = small.p_filesz };
	return true;
}

/* What is loaded to be run. */
static bool code_add(struct symbols *s, const struct file *f)
{
	Elf64_Ehdr large;
	Elf32_Ehdr small;
	Elf64_Phdr segment;

	memcpy(&large, f->bytes, sizeof(large));
	memcpy(&small, f->bytes, sizeof(small));
	symbols_set_bits(s, f->is_64 ? 64 : 32);
	for (uint32_t i = 0; i < (f->is_64 ? large.e_phnum : small.e_phnum); i++) {
		const uint8_t *bytes;

		if (!segment_get(f, f->is_64 ? large.e_phoff : small.e_phoff, i, &segment))
			break;
		if (segment.p_type != PT_LOAD || !(segment.p_flags & PF_X) ||
		    !has(f, segment.p_offset, segment.p_filesz))
			continue;
		bytes = f->bytes + segment.p_offset;
		if (!symbols_add_code(s, segment.p_vaddr, segment.p_paddr, bytes, segment.p_filesz))
			return false;
	}
	return true;
}

static bool is_elf(const struct file *f)
{
	return f->sz >= sizeof(Elf64_Ehdr) && !memcmp(f->bytes, ELFMAG, SELFMAG) &&
	       f->bytes[EI_DATA] == ELFDATA2LSB;
}

/* --- System.map -------------------------------------------------------------------- */

/* "ffffffff81000000 T startup_64": code only. */
static bool map_add(struct symbols *s, const struct file *f)
{
	const char *at = (const char *)f->bytes, *end = at + f->sz;

	while (at < end) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));
		char line[SYMBOL_NAME_MAX + 32], *type;
		uint64_t address;
		size_t sz;

		line_end = line_end ? line_end : end;
		sz = (size_t)(line_end - at) < sizeof(line) - 1 ? (size_t)(line_end - at) : sizeof(line) - 1;
		memcpy(line, at, sz);
		line[sz] = '\0';
		at = line_end + 1;
		address = strtoull(line, &type, 16);
		if (type == line || type[0] != ' ' || !type[1] || !strchr("TtWw", type[1]) || type[2] != ' ')
			continue;
		if (!symbols_add(s, address, 0, type + 3, strlen(type + 3)))
			return false;
	}
	return true;
}

/* --- files --------------------------------------------------------------------------- */

struct symbols *symbols_of_bytes(const uint8_t *bytes, size_t sz, char *why, size_t why_sz)
{
	struct symbols *s = symbols_new();
	struct file f = { bytes, sz, false };
	bool is_read = s != NULL;

	if (is_read && is_elf(&f)) {
		f.is_64 = bytes[EI_CLASS] == ELFCLASS64;
		is_read = names_add(s, &f) && code_add(s, &f);
	} else if (is_read) {
		is_read = map_add(s, &f);
	}
	if (is_read && symbols_cnt(s))
		return s;
	snprintf(why, why_sz, is_read ? "has no symbols of code: give the guest's ELF file, not stripped, "
					"or its System.map" : "no memory for its symbols");
	symbols_free(s);
	return NULL;
}

struct symbols *symbols_open(const char *path, char *why, size_t why_sz)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct symbols *s = NULL;
	struct stat stat;
	void *bytes;

	if (fd < 0 || fstat(fd, &stat) < 0) {
		snprintf(why, why_sz, "cannot be opened: %s", strerror(errno));
	} else if (!S_ISREG(stat.st_mode) || !stat.st_size) {
		snprintf(why, why_sz, "is no file with symbols: give the guest's ELF file or its System.map");
	} else {
		bytes = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes == MAP_FAILED) {
			snprintf(why, why_sz, "cannot be read: %s", strerror(errno));
		} else {
			s = symbols_of_bytes(bytes, (size_t)stat.st_size, why, why_sz);
			if (s)
				symbols_keep_map(s, bytes, (size_t)stat.st_size);
			else
				munmap(bytes, (size_t)stat.st_size);
		}
	}
	if (fd >= 0)
		close(fd);
	return s;
}
