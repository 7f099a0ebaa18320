/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Program files that were made to keep the recorder busy: what is taken of them is bounded. */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "bpf/elf_symbols.h"
#include "bpf/user_functions.h"

#define NAMES_AT    0x1000
#define SYMBOLS_AT  0x10000
#define CODE	    0x400000
#define NAMES	    "\0address_space_rw\0vcpu_run"
#define ADDRESS_SPACE_RW 1
#define VCPU_RUN	 18
#define TABLES_MAX  8

/* Tables that share their symbols, and their names. */
struct elf_made {
	char path[32];
	int fd;
	uint64_t symbol_cnt;
	uint32_t table_types[TABLES_MAX], table_cnt;
	uint64_t names_sz;
	uint16_t phnum, shnum; /* in place of the true ones, unless 0 */
};

static void elf_begin_at(struct elf_made *elf)
{
	strcpy(elf->path, "/tmp/kvmtree-elf-XXXXXX");
	elf->fd = mkstemp(elf->path);
	assert_true(elf->fd >= 0);
	elf->names_sz = sizeof(NAMES);
}

static void put(const struct elf_made *elf, const void *bytes, size_t sz, uint64_t at)
{
	assert_int_equal(pwrite(elf->fd, bytes, sz, (off_t)at), (ssize_t)sz);
}

static void symbol_put(const struct elf_made *elf, uint64_t at, uint32_t name, uint64_t address)
{
	const Elf64_Sym symbol = {
		.st_name = name, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = 1,
		.st_value = address,
	};

	put(elf, &symbol, sizeof(symbol), SYMBOLS_AT + at * sizeof(symbol));
}

/* All around the symbols. */
static void elf_finish(const struct elf_made *elf)
{
	uint64_t sections_at = SYMBOLS_AT + elf->symbol_cnt * sizeof(Elf64_Sym);
	const Elf64_Ehdr header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_DYN, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
		.e_ehsize = sizeof(header), .e_phoff = sizeof(header), .e_shoff = sections_at,
		.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = elf->phnum ? elf->phnum : 1,
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = elf->shnum == UINT16_MAX ? 0 : (uint16_t)(2 + elf->table_cnt),
	};
	const Elf64_Phdr code = {
		.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = CODE, .p_filesz = UINT32_MAX,
		.p_memsz = UINT32_MAX,
	};
	Elf64_Shdr sections[2 + TABLES_MAX] = {
		[0].sh_size = 2 + elf->table_cnt,
		[1] = { .sh_type = SHT_STRTAB, .sh_offset = NAMES_AT, .sh_size = elf->names_sz },
	};

	for (uint32_t i = 0; i < elf->table_cnt; i++)
		sections[2 + i] = (Elf64_Shdr){
			.sh_type = elf->table_types[i], .sh_offset = SYMBOLS_AT, .sh_link = 1,
			.sh_size = elf->symbol_cnt * sizeof(Elf64_Sym), .sh_entsize = sizeof(Elf64_Sym),
		};
	put(elf, &header, sizeof(header), 0);
	put(elf, &code, sizeof(code), sizeof(header));
	put(elf, NAMES, sizeof(NAMES), NAMES_AT);
	put(elf, sections, sizeof(sections), sections_at);
}

static void elf_remove(const struct elf_made *elf)
{
	close(elf->fd);
	unlink(elf->path);
}

static int count(void *context, const struct elf_func *func)
{
	uint32_t *cnt = context;

	(void)func;
	++*cnt;
	return 0;
}

static uint32_t funcs_count(const struct elf_made *elf, struct elf_summary *summary)
{
	uint32_t cnt = 0;

	assert_int_equal(elf_funcs_each(elf->path, count, &cnt, summary), 0);
	return cnt;
}

static void a_name_defined_without_end_is_taken_a_few_times(void **state)
{
	struct elf_made elf = { .symbol_cnt = 3000, .table_types = { SHT_SYMTAB }, .table_cnt = 1 };
	struct user_rules rules = { 0 };
	struct user_funcs funcs;

	(void)state;
	elf_begin_at(&elf);
	for (uint64_t i = 0; i < elf.symbol_cnt - 1; i++)
		symbol_put(&elf, i, ADDRESS_SPACE_RW, CODE + i);
	symbol_put(&elf, elf.symbol_cnt - 1, VCPU_RUN, CODE + 5000);
	elf_finish(&elf);
	assert_int_equal(user_funcs_find(&funcs, elf.path, elf.path, &rules), 0);
	assert_int_equal(funcs.cnt, USER_FUNC_DEFINITIONS_MAX + 1);
	assert_string_equal(funcs.at[0].symbol, "vcpu_run");
	assert_true(funcs.is_cut);
	user_funcs_release(&funcs);
	elf_remove(&elf);
}

/* The same address again is no other function. */
static void a_name_with_few_definitions_is_taken_whole(void **state)
{
	struct elf_made elf = { .symbol_cnt = 3 * USER_FUNC_DEFINITIONS_MAX, .table_cnt = 2,
				.table_types = { SHT_SYMTAB, SHT_DYNSYM } };
	struct user_rules rules = { 0 };
	struct user_funcs funcs;

	(void)state;
	elf_begin_at(&elf);
	for (uint64_t i = 0; i < elf.symbol_cnt; i++)
		symbol_put(&elf, i, ADDRESS_SPACE_RW, CODE + i % USER_FUNC_DEFINITIONS_MAX);
	elf_finish(&elf);
	assert_int_equal(user_rules_add(&rules, "vmm:*"), 0);
	assert_int_equal(user_funcs_find(&funcs, elf.path, "vmm", &rules), 0);
	assert_int_equal(funcs.cnt, USER_FUNC_DEFINITIONS_MAX);
	assert_false(funcs.is_cut);
	user_funcs_release(&funcs);
	user_rules_release(&rules);
	elf_remove(&elf);
}

static void one_file_leaves_room_for_others(void **state)
{
	struct elf_made elf = { .symbol_cnt = USER_FUNCS_MAX + 100, .table_types = { SHT_DYNSYM },
				.table_cnt = 1 };
	struct user_rules rules = { 0 };
	struct user_funcs funcs;

	(void)state;
	elf_begin_at(&elf);
	for (uint64_t i = 0; i < elf.symbol_cnt; i++)
		symbol_put(&elf, i, ADDRESS_SPACE_RW + 1, CODE + i);
	elf_finish(&elf);
	assert_int_equal(user_rules_add(&rules, "vmm:*"), 0);
	assert_int_equal(user_funcs_find(&funcs, elf.path, "vmm", &rules), 0);
	assert_int_equal(funcs.cnt, USER_FUNCS_MAX);
	assert_true(funcs.is_cut);
	user_funcs_release(&funcs);
	user_rules_release(&rules);
	elf_remove(&elf);
}

static void one_table_of_each_kind_is_read(void **state)
{
	struct elf_made elf = { .symbol_cnt = 1, .table_cnt = 5,
				.table_types = { SHT_DYNSYM, SHT_SYMTAB, SHT_SYMTAB, SHT_DYNSYM, SHT_SYMTAB } };
	struct elf_summary summary;

	(void)state;
	elf_begin_at(&elf);
	symbol_put(&elf, 0, VCPU_RUN, CODE);
	elf_finish(&elf);
	assert_int_equal(funcs_count(&elf, &summary), 2);
	assert_true(summary.is_cut);
	assert_false(summary.is_stripped);
	elf.table_cnt = 2;
	elf_finish(&elf);
	assert_int_equal(funcs_count(&elf, &summary), 2);
	assert_false(summary.is_cut);
	elf_remove(&elf);
}

/* The file has a hole: it takes little room on the disk. */
static void symbols_beyond_the_bound_are_not_looked_at(void **state)
{
	struct elf_made elf = { .symbol_cnt = ELF_SYMBOLS_MAX + 1, .table_types = { SHT_SYMTAB },
				.table_cnt = 1 };
	struct elf_summary summary;

	(void)state;
	elf_begin_at(&elf);
	symbol_put(&elf, ELF_SYMBOLS_MAX - 1, VCPU_RUN, CODE);
	symbol_put(&elf, ELF_SYMBOLS_MAX, VCPU_RUN, CODE);
	elf_finish(&elf);
	assert_int_equal(funcs_count(&elf, &summary), 1);
	assert_true(summary.is_cut);
	elf_remove(&elf);
}

static void a_name_without_end_is_none(void **state)
{
	struct elf_made elf = { .symbol_cnt = 3, .table_types = { SHT_SYMTAB }, .table_cnt = 1 };
	struct elf_summary summary;
	char name[3000];

	(void)state;
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 10] = '\0'; /* far away; behind it the table ends within a name */
	elf_begin_at(&elf);
	put(&elf, name, sizeof(name), NAMES_AT + sizeof(NAMES));
	elf.names_sz = sizeof(NAMES) + sizeof(name);
	symbol_put(&elf, 0, sizeof(NAMES), CODE);
	symbol_put(&elf, 1, VCPU_RUN, CODE);
	symbol_put(&elf, 2, (uint32_t)(sizeof(NAMES) + sizeof(name) - 5), CODE);
	elf_finish(&elf);
	assert_int_equal(funcs_count(&elf, &summary), 1);
	assert_true(summary.is_cut);
	elf_remove(&elf);
}

/* Where the header says that section 0 has the true number: libelf would get memory for that many. */
static void more_parts_than_programs_have_are_not_counted(void **state)
{
	struct elf_made elf = { .symbol_cnt = 1, .table_types = { SHT_SYMTAB }, .table_cnt = 1,
				.shnum = UINT16_MAX };
	struct elf_summary summary;

	(void)state;
	elf_begin_at(&elf);
	symbol_put(&elf, 0, VCPU_RUN, CODE);
	elf_finish(&elf);
	assert_int_equal(funcs_count(&elf, &summary), 0);
	assert_true(summary.is_cut);
	elf.shnum = 0;
	elf.phnum = PN_XNUM;
	elf_finish(&elf);
	assert_int_equal(funcs_count(&elf, &summary), 0);
	assert_true(summary.is_cut);
	elf_remove(&elf);
}

static int cut_off(void *context, const struct elf_func *func)
{
	const struct elf_made *elf = context;

	assert_string_equal(func->symbol, "vcpu_run");
	assert_int_equal(ftruncate(elf->fd, 64), 0);
	return 0;
}

static void a_file_that_shrinks_meanwhile_does_not_end_its_reader(void **state)
{
	struct elf_made elf = { .symbol_cnt = 20000, .table_cnt = 2,
				.table_types = { SHT_SYMTAB, SHT_DYNSYM } };
	struct elf_summary summary;

	(void)state;
	elf_begin_at(&elf);
	for (uint64_t i = 0; i < elf.symbol_cnt; i += 100)
		symbol_put(&elf, i, VCPU_RUN, CODE + i);
	elf_finish(&elf);
	assert_int_equal(elf_funcs_each(elf.path, cut_off, &elf, &summary), 0);
	assert_true(summary.func_cnt >= 200);
	elf_remove(&elf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_defined_without_end_is_taken_a_few_times),
		cmocka_unit_test(a_name_with_few_definitions_is_taken_whole),
		cmocka_unit_test(one_file_leaves_room_for_others),
		cmocka_unit_test(one_table_of_each_kind_is_read),
		cmocka_unit_test(symbols_beyond_the_bound_are_not_looked_at),
		cmocka_unit_test(a_name_without_end_is_none),
		cmocka_unit_test(more_parts_than_programs_have_are_not_counted),
		cmocka_unit_test(a_file_that_shrinks_meanwhile_does_not_end_its_reader),
	};

	return cmocka_run_group_tests_name("ELF symbols", tests, NULL, NULL);
}
