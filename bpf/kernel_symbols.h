/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What /proc/kallsyms says of functions that BTF does not have. */
#ifndef KVMTREE_KERNEL_SYMBOLS_H
#define KVMTREE_KERNEL_SYMBOLS_H

#include <stddef.h>

enum symbol_state {
	SYMBOL_ABSENT,	/* no such symbol: inlined, or not in this kernel's source */
	SYMBOL_CLONE,	/* only under a name that the compiler made: f.isra.0, f.constprop.0 */
	SYMBOL_PRESENT, /* there, though without BTF */
};

struct symbol_query {
	const char *name;
	enum symbol_state state;
	char clone[64]; /* SYMBOL_CLONE: that name */
};

/* Answers all the queries in one pass. Returns 0 or -errno. */
int kernel_symbols_query(struct symbol_query *queries, size_t query_cnt);

#endif
