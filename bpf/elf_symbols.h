/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The functions of the walk that a user-space program has. */
#ifndef KVMTREE_ELF_SYMBOLS_H
#define KVMTREE_ELF_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

/* A function of user_functions.def, found in a program. */
struct user_func {
	const char *symbol, *args, *returns;
	uint64_t file_off; /* where its code lies in the file: uprobes want that */
};

/*
 * Looks through the symbol tables of an ELF file. `*funcs` is for the caller to free.
 * Returns how many were found, or -errno: -ENOEXEC when it is not ELF.
 */
int elf_user_funcs(const char *path, struct user_func **funcs);

#endif
