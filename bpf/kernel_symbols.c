/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Passes over /proc/kallsyms. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/kernel_symbols.h"

static int by_name(const void *a, const void *b)
{
	const struct symbol_query *qa = a, *qb = b;

	return strcmp(qa->name, qb->name);
}

/* Cuts "ffffffffc05a1000 t name.isra.0\t[module]" into its parts; false on a line of another kind. */
static bool line_cut(char *line, struct kernel_symbol *symbol)
{
	char *name = strchr(line, ' '), *rest, *module;

	if (!name || !name[1] || name[2] != ' ' || !strchr("tTwW", name[1]))
		return false;
	symbol->address = strtoull(line, NULL, 16);
	symbol->name = name += 3;
	rest = name + strcspn(name, "\t\n ");
	module = strchr(rest, '[');
	if (module)
		module[strcspn(module, "]")] = '\0';
	symbol->module = module ? module + 1 : "";
	*rest = '\0';
	return true;
}

int kernel_symbols_each(kernel_symbol_fn *fn, void *context)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	struct kernel_symbol symbol;
	char line[512];
	int err = 0;

	if (!file)
		return -errno;
	while (!err && fgets(line, sizeof(line), file))
		if (line_cut(line, &symbol))
			err = fn(context, &symbol);
	fclose(file);
	return err;
}

const struct symbol_query *kernel_symbols_find(const struct symbol_query *queries,
					       size_t query_cnt, const char *name)
{
	struct symbol_query key;

	if (strlen(name) >= sizeof(key.name))
		return NULL;
	strcpy(key.name, name);
	return bsearch(&key, queries, query_cnt, sizeof(key), by_name);
}

struct question {
	struct symbol_query *queries;
	size_t query_cnt;
};

static int symbol_answer(void *context, const struct kernel_symbol *symbol)
{
	const struct question *question = context;
	char *name = symbol->name, *dot = strchr(name, '.');
	struct symbol_query *found;

	if (dot)
		*dot = '\0';
	/* ours to write to: they are the caller's array */
	found = (struct symbol_query *)kernel_symbols_find(question->queries, question->query_cnt, name);
	if (!found)
		return 0;
	if (!dot) {
		/* KVM's own function of this name goes before anybody else's */
		if (found->state != SYMBOL_PRESENT || !strncmp(symbol->module, "kvm", 3))
			found->address = symbol->address;
		found->state = SYMBOL_PRESENT;
	} else if (found->state == SYMBOL_ABSENT && strncmp(dot + 1, "cold", 4)) {
		*dot = '.';
		found->state = SYMBOL_CLONE;
		snprintf(found->clone, sizeof(found->clone), "%s", name);
	}
	return 0;
}

int kernel_symbols_query(struct symbol_query *queries, size_t query_cnt)
{
	struct question question = { queries, query_cnt };

	qsort(queries, query_cnt, sizeof(*queries), by_name);
	for (size_t i = 0; i < query_cnt; i++)
		queries[i].state = SYMBOL_ABSENT;
	return kernel_symbols_each(symbol_answer, &question);
}
