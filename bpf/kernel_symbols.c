/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One pass over /proc/kallsyms for the names that somebody asks about. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/kernel_symbols.h"

static int by_name(const void *a, const void *b)
{
	const struct symbol_query *qa = a, *qb = b;

	return strcmp(qa->name, qb->name);
}

/* The name in "ffff... t name.isra.0\t[module]", cut at its end; NULL on another line. */
static char *line_symbol(char *line)
{
	char *name = strchr(line, ' ');

	if (!name || !name[1] || name[2] != ' ' || !strchr("tTwW", name[1]))
		return NULL;
	name += 3;
	name[strcspn(name, "\t\n ")] = '\0';
	return name;
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

static void line_answer(struct symbol_query *queries, size_t query_cnt, char *name)
{
	struct symbol_query *found;
	char *dot = strchr(name, '.');

	if (dot)
		*dot = '\0';
	/* ours to write to: they are the caller's array */
	found = (struct symbol_query *)kernel_symbols_find(queries, query_cnt, name);
	if (!found)
		return;
	if (!dot) {
		found->state = SYMBOL_PRESENT;
	} else if (found->state == SYMBOL_ABSENT && strncmp(dot + 1, "cold", 4)) {
		*dot = '.';
		found->state = SYMBOL_CLONE;
		snprintf(found->clone, sizeof(found->clone), "%s", name);
	}
}

int kernel_symbols_query(struct symbol_query *queries, size_t query_cnt)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[512];

	if (!file)
		return -errno;
	qsort(queries, query_cnt, sizeof(*queries), by_name);
	for (size_t i = 0; i < query_cnt; i++)
		queries[i].state = SYMBOL_ABSENT;
	while (fgets(line, sizeof(line), file)) {
		char *name = line_symbol(line);

		if (name)
			line_answer(queries, query_cnt, name);
	}
	fclose(file);
	return 0;
}
