/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The functions of an ELF file, by its symbol tables. */
#ifndef KVMTREE_ELF_SYMBOLS_H
#define KVMTREE_ELF_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

struct elf_func {
	const char *symbol; /* while the callback runs */
	uint64_t file_off;  /* where its code lies in the file: uprobes want that */
};

struct elf_summary {
	bool is_stripped; /* it has no .symtab: functions that it does not export have no name */
	bool has_coroutines; /* it switches stacks by itself */
	bool is_cut; /* there is more than is looked at: symbols, tables of them, longer names */
	uint32_t func_cnt;
};

/* So many symbols of a file are looked at: a kernel has a twentieth of them, with debugging. */
#define ELF_SYMBOLS_MAX (4u << 20)

/*
 * Calls fn for each function of the first .symtab and the first .dynsym, in the order of the file: one
 * that is in both comes twice. fn ends it by returning other than 0, which is returned. Else 0, or
 * -errno: -ENOEXEC when it is not ELF.
 */
typedef int elf_func_fn(void *context, const struct elf_func *func);
int elf_funcs_each(const char *path, elf_func_fn *fn, void *context, struct elf_summary *summary);

#endif
