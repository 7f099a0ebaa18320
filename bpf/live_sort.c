/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The order of a table's lines: the largest first, and names where that leaves it open. */
#include <stdlib.h>
#include <string.h>

#include "bpf/live_table.h"

static int compare_name(const void *a, const void *b)
{
	const struct live_line *x = a, *y = b;
	int order = strcmp(x->name.at, y->name.at);

	return order ? order : (x->tid > y->tid) - (x->tid < y->tid);
}

static int compare(uint64_t a, uint64_t b, const void *x, const void *y)
{
	return a != b ? (a < b ? 1 : -1) : compare_name(x, y);
}

static int compare_cnt(const void *a, const void *b)
{
	const struct live_line *x = a, *y = b;

	return x->cnt == y->cnt ? compare(x->total, y->total, a, b) : compare(x->cnt, y->cnt, a, b);
}

static int compare_ns(const void *a, const void *b)
{
	const struct live_line *x = a, *y = b;

	return compare(x->ns, y->ns, a, b);
}

static int compare_p99(const void *a, const void *b)
{
	const struct live_line *x = a, *y = b;

	return compare(live_percentile(x->buckets, 99), live_percentile(y->buckets, 99), a, b);
}

void live_table_sort(struct live_table *table, enum live_sort sort)
{
	static int (*const orders[LIVE_SORTS])(const void *a, const void *b) = {
		[LIVE_SORT_CNT] = compare_cnt, [LIVE_SORT_NS] = compare_ns,
		[LIVE_SORT_P99] = compare_p99, [LIVE_SORT_NAME] = compare_name,
	};

	if (table->cnt)
		qsort(table->lines, table->cnt, sizeof(*table->lines), orders[sort]);
}
