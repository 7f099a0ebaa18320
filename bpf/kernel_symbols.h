/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What /proc/kallsyms says of functions. */
#ifndef KVMTREE_KERNEL_SYMBOLS_H
#define KVMTREE_KERNEL_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

#define SYMBOL_NAME_MAX 64

enum symbol_state {
	SYMBOL_ABSENT,	/* no such symbol: inlined, or not in this kernel's source */
	SYMBOL_CLONE,	/* only under a name that the compiler made: f.isra.0, f.constprop.0 */
	SYMBOL_PRESENT,
};

struct symbol_query {
	char name[SYMBOL_NAME_MAX];
	enum symbol_state state;
	char clone[SYMBOL_NAME_MAX]; /* SYMBOL_CLONE: that name */
	uint64_t address;	     /* SYMBOL_PRESENT: where it is; 0: the kernel hides it */
};

/* A function's symbol; its strings are valid while it is told of, and its name may be written to. */
struct kernel_symbol {
	uint64_t address; /* 0: the kernel hides it (kernel.kptr_restrict) */
	char *name;
	const char *module; /* "": in the kernel itself */
};

/* Tells of every function. What `fn` returns other than 0 ends it. Returns that, 0, or -errno. */
typedef int kernel_symbol_fn(void *context, const struct kernel_symbol *symbol);
int kernel_symbols_each(kernel_symbol_fn *fn, void *context);

/* Sorts the queries by name and answers them all in one pass. Returns 0 or -errno. */
int kernel_symbols_query(struct symbol_query *queries, size_t query_cnt);

/* The answer among queries that kernel_symbols_query has sorted; NULL: it was not asked. */
const struct symbol_query *kernel_symbols_find(const struct symbol_query *queries,
					       size_t query_cnt, const char *name);

#endif
