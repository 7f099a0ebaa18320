/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A hash table of rows, and its rows in order. */
#include "trace-viewer/exit_table.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 64u

static uint32_t rows_live; /* of all tables */

/* --- rows --------------------------------------------------------------------------- */

void exit_row_merge(struct exit_row *into, const struct exit_row *from)
{
	into->cnt += from->cnt;
	into->user_cnt += from->user_cnt;
	into->open_cnt += from->open_cnt;
	into->guest_ns += from->guest_ns;
	into->kernel_ns += from->kernel_ns;
	into->user_ns += from->user_ns;
	into->off_cpu_ns += from->off_cpu_ns;
	into->off_user_ns += from->off_user_ns;
	hist_merge(&into->costs, &from->costs);
}

void exit_row_release(struct exit_row *row)
{
	hist_release(&row->costs);
}

uint64_t exit_row_ns(const struct exit_row *row)
{
	return row->kernel_ns + row->user_ns;
}

static void row_add(struct exit_row *row, const struct exit_fact *fact)
{
	row->cnt++;
	row->user_cnt += fact->went_to_user;
	row->open_cnt += fact->is_open;
	row->guest_ns += fact->guest_ns;
	row->kernel_ns += fact->kernel_ns;
	row->user_ns += fact->user_ns;
	row->off_cpu_ns += fact->off_cpu_ns;
	row->off_user_ns += fact->off_user_ns;
	if (!fact->is_open)
		hist_add(&row->costs, fact->kernel_ns + fact->user_ns);
}

/* --- the table ------------------------------------------------------------------------ */

static uint32_t slot_of(const struct exit_key *key, uint32_t slot_cnt)
{
	uint64_t hash = key->value * 0x9e3779b97f4a7c15ull ^ key->space;

	for (const char *c = key->text; c && *c; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3ull;
	return (uint32_t)((hash ^ hash >> 32) & (slot_cnt - 1));
}

static void table_grow(struct exit_table *table)
{
	uint32_t slot_cnt = table->slot_cnt ? 2 * table->slot_cnt : SLOTS_FIRST;
	struct exit_row **slots = calloc(slot_cnt, sizeof(struct exit_row *)), *next;

	if (!slots)
		return;
	for (uint32_t i = 0; i < table->slot_cnt; i++)
		for (struct exit_row *row = table->slots[i]; row; row = next) {
			struct exit_row **slot = &slots[slot_of(&row->key, slot_cnt)];

			next = row->next;
			row->next = *slot;
			*slot = row;
		}
	free(table->slots);
	table->slots = slots;
	table->slot_cnt = slot_cnt;
}

static struct exit_row *row_get(struct exit_table *table, const struct exit_key *key)
{
	struct exit_row **slot, *row;

	table->beyond.key.space = KEY_BEYOND;
	if (table->row_cnt >= table->slot_cnt)
		table_grow(table);
	if (!table->slot_cnt)
		return &table->beyond;
	slot = &table->slots[slot_of(key, table->slot_cnt)];
	for (row = *slot; row; row = row->next)
		if (!exit_key_compare(&row->key, key))
			return row;
	row = rows_live < EXIT_ROWS_MAX ? calloc(1, sizeof(*row)) : NULL;
	if (!row)
		return &table->beyond;
	rows_live++;
	table->row_cnt++;
	row->key = *key;
	row->next = *slot;
	*slot = row;
	return row;
}

static void span_add(struct exit_table *table, uint64_t first_ns, uint64_t last_ns)
{
	if (!table->sum.cnt || first_ns < table->first_ns)
		table->first_ns = first_ns;
	if (last_ns > table->last_ns)
		table->last_ns = last_ns;
}

void exit_table_add(struct exit_table *table, const struct exit_fact *fact)
{
	struct exit_key key = exit_key_of(table->by, fact);

	span_add(table, fact->begin_ns - (fact->guest_ns < fact->begin_ns ? fact->guest_ns : 0),
		 fact->begin_ns + fact->kernel_ns + fact->user_ns);
	row_add(row_get(table, &key), fact);
	row_add(&table->sum, fact);
}

void exit_table_merge(struct exit_table *into, const struct exit_table *from)
{
	if (from->sum.cnt)
		span_add(into, from->first_ns, from->last_ns);
	for (uint32_t i = 0; i < from->slot_cnt; i++)
		for (const struct exit_row *row = from->slots[i]; row; row = row->next)
			exit_row_merge(row_get(into, &row->key), row);
	into->beyond.key.space = KEY_BEYOND;
	exit_row_merge(&into->beyond, &from->beyond);
	exit_row_merge(&into->sum, &from->sum);
}

void exit_table_release(struct exit_table *table)
{
	struct exit_row *next;

	for (uint32_t i = 0; i < table->slot_cnt; i++)
		for (struct exit_row *row = table->slots[i]; row; row = next) {
			next = row->next;
			exit_row_release(row);
			free(row);
			rows_live--;
		}
	free(table->slots);
	exit_row_release(&table->beyond);
	exit_row_release(&table->sum);
	*table = (struct exit_table){ .by = table->by };
}

/* --- order ------------------------------------------------------------------------------ */

static int by_number(uint64_t a, uint64_t b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

static int by_key(const struct exit_row *a, const struct exit_row *b)
{
	return exit_key_compare(&a->key, &b->key);
}

static int by_count(const struct exit_row *a, const struct exit_row *b)
{
	int order = by_number(a->cnt, b->cnt);

	return order ? order : by_key(a, b);
}

static int by_time(const struct exit_row *a, const struct exit_row *b)
{
	int order = by_number(exit_row_ns(a), exit_row_ns(b));

	return order ? order : by_count(a, b);
}

static int by_p99(const struct exit_row *a, const struct exit_row *b)
{
	int order = by_number(hist_percentile(&a->costs, 99), hist_percentile(&b->costs, 99));

	return order ? order : by_time(a, b);
}

static int by_max(const struct exit_row *a, const struct exit_row *b)
{
	int order = by_number(a->costs.max, b->costs.max);

	return order ? order : by_time(a, b);
}

static const struct {
	const char *name;
	int (*compare)(const struct exit_row *a, const struct exit_row *b);
} sorts[] = {
	[SORT_TIME] = { "time", by_time }, [SORT_COUNT] = { "count", by_count },
	[SORT_P99] = { "p99", by_p99 },	   [SORT_MAX] = { "max", by_max },
	[SORT_KEY] = { "key", by_key },
};

enum exit_sort exit_sort_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++)
		if (!strcmp(sorts[i].name, name))
			return (enum exit_sort)i;
	return SORT_TIME;
}

/* What has no key, or no room for it, comes last whatever the order. */
static int compare_rows(const void *a, const void *b, void *sort)
{
	const struct exit_row *x = *(const struct exit_row *const *)a;
	const struct exit_row *y = *(const struct exit_row *const *)b;

	if (exit_key_is_none(&x->key) || exit_key_is_none(&y->key))
		return by_key(x, y);
	return sorts[*(enum exit_sort *)sort].compare(x, y);
}

uint32_t exit_table_sort(const struct exit_table *table, enum exit_sort sort,
			 const struct exit_row ***rows)
{
	uint32_t cnt = 0;

	*rows = calloc((size_t)table->row_cnt + 1, sizeof(**rows));
	if (!*rows)
		return 0;
	for (uint32_t i = 0; i < table->slot_cnt; i++)
		for (const struct exit_row *row = table->slots[i]; row; row = row->next)
			(*rows)[cnt++] = row;
	if (table->beyond.cnt)
		(*rows)[cnt++] = &table->beyond;
	qsort_r(*rows, cnt, sizeof(**rows), compare_rows, &sort);
	return cnt;
}
