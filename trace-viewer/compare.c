/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Rows of several tables joined by name, their rates, and how much each difference explains. */
#include "trace-viewer/compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/text.h"

#define Z_MIN 3.0

/* --- reading ------------------------------------------------------------------------ */

static void on_exit_fact(void *owner, const struct exit_fact *fact)
{
	struct compare_file *file = owner;
	const struct compare_options *options = file->options;

	if (options->vm && options->vm != (long)fact->vm->number)
		return;
	exit_table_add(&file->table, fact);
	if (options->unit == PER_KEY) {
		struct exit_key key = exit_key_of(options->key.by, fact);

		file->key_cnt += exit_selector_has(&options->key, &key);
	}
}

struct observer compare_observer(struct compare_file *file)
{
	file->table.by = file->options->by;
	return (struct observer){ .owner = file, .exit = on_exit_fact };
}

static double units_of(const struct compare_file *file)
{
	switch (file->options->unit) {
	case PER_SECOND:
		return (double)file->table.sum.guest_ns / 1e9;
	case PER_EXIT:
		return (double)file->table.sum.cnt / 1000;
	case PER_KEY:
		return (double)file->key_cnt;
	case PER_RECORDING:
		return 1;
	}
	return 0;
}

static int names_make(struct compare_file *file, const struct exit_row *const *rows, uint32_t row_cnt)
{
	file->names = calloc((size_t)row_cnt + 1, sizeof(*file->names));
	for (uint32_t i = 0; file->names && i < row_cnt; i++) {
		struct compare_name *n = &file->names[i];
		struct text name;

		text_clear(&name);
		exit_key_add(&name, file->table.by, &rows[i]->key);
		*n = (struct compare_name){ strdup(name.at), rows[i]->cnt };
		if (!n->name)
			return -ENOMEM;
		file->name_cnt++;
	}
	return file->names ? 0 : -ENOMEM;
}

int compare_file_finish(struct compare_file *file)
{
	const struct exit_row **rows;
	uint32_t row_cnt = exit_table_sort(&file->table, SORT_KEY, &rows);
	int err = rows ? names_make(file, rows, row_cnt) : -ENOMEM;

	file->exit_cnt = file->table.sum.cnt;
	file->guest_ns = file->table.sum.guest_ns;
	file->units = units_of(file);
	free(rows);
	exit_table_release(&file->table);
	return err;
}

void compare_file_release(struct compare_file *file)
{
	exit_table_release(&file->table);
	for (uint32_t i = 0; i < file->name_cnt; i++)
		free(file->names[i].name);
	free(file->names);
	file->names = NULL;
	file->name_cnt = 0;
}

/* --- joining -------------------------------------------------------------------------- */

/*
 * x and y are what z is made of: z = 2 (sqrt y - sqrt x) / sqrt (1 + ratio). |z| < Z_MIN is
 * x + y - 2 sqrt (x y) < Z_MIN^2 (1 + ratio) / 4, which needs no root once it is squared.
 */
bool compare_is_noise(uint64_t a_cnt, double a_units, uint64_t b_cnt, double b_units)
{
	double ratio, x, y, rest;

	if (a_units <= 0 || b_units <= 0)
		return true;
	ratio = b_units / a_units;
	x = ratio * ((double)a_cnt + .375);
	y = (double)b_cnt + .375;
	rest = x + y - Z_MIN * Z_MIN * (1 + ratio) / 4;
	return rest < 0 || rest * rest <= 4 * x * y;
}

struct named {
	const struct compare_name *name;
	uint32_t file;
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->name->name, y->name->name);

	return order ? order : x->file < y->file ? -1 : x->file > y->file;
}

/* The names of all files, sorted, for the caller to free. */
static struct named *names_gather(const struct compare_file *files, uint32_t file_cnt, uint32_t *cnt)
{
	struct named *all;

	*cnt = 0;
	for (uint32_t f = 0; f < file_cnt; f++)
		*cnt += files[f].name_cnt;
	all = calloc((size_t)*cnt + 1, sizeof(*all));
	if (!all)
		return NULL;
	*cnt = 0;
	for (uint32_t f = 0; f < file_cnt; f++)
		for (uint32_t i = 0; i < files[f].name_cnt; i++)
			all[(*cnt)++] = (struct named){ &files[f].names[i], f };
	qsort(all, *cnt, sizeof(*all), by_name);
	return all;
}

/* One row for names that are equal; c->rows has room for all. false: no memory for a name. */
static bool rows_join(struct comparison *c, const struct named *all, uint32_t cnt)
{
	for (uint32_t i = 0; i < cnt; i++) {
		struct compare_row *row = c->row_cnt ? &c->rows[c->row_cnt - 1] : NULL;

		if (!row || strcmp(row->name, all[i].name->name)) {
			row = &c->rows[c->row_cnt];
			row->name = strdup(all[i].name->name);
			if (!row->name)
				return false;
			c->row_cnt++;
		}
		row->cnt[all[i].file] += all[i].name->cnt;
	}
	return true;
}

static void rates_set(struct compare_row *row, const struct compare_file *files, uint32_t file_cnt)
{
	for (uint32_t f = 0; f < file_cnt; f++) {
		row->rate[f] = files[f].units > 0 ? (double)row->cnt[f] / files[f].units : 0;
		row->is_noise[f] = compare_is_noise(row->cnt[0], files[0].units, row->cnt[f], files[f].units);
		row->difference += row->rate[f] > row->rate[0] ? row->rate[f] - row->rate[0] :
								 row->rate[0] - row->rate[f];
	}
}

static bool is_all_noise(const struct compare_row *row)
{
	for (uint32_t f = 0; f < COMPARE_FILES_MAX; f++)
		if (!row->is_noise[f])
			return false;
	return true;
}

static int by_difference(const void *a, const void *b)
{
	const struct compare_row *x = a, *y = b;
	bool x_noise = is_all_noise(x), y_noise = is_all_noise(y);

	if (x_noise != y_noise)
		return x_noise ? 1 : -1;
	if (x->difference != y->difference)
		return x->difference < y->difference ? 1 : -1;
	return strcmp(x->name, y->name);
}

int compare(struct comparison *c, const struct compare_file *files, uint32_t file_cnt)
{
	uint32_t cnt;
	struct named *all = names_gather(files, file_cnt, &cnt);

	*c = (struct comparison){ .file_cnt = file_cnt, .rows = calloc((size_t)cnt + 1, sizeof(*c->rows)) };
	if (!all || !c->rows || !rows_join(c, all, cnt)) {
		free(all);
		comparison_release(c);
		return -ENOMEM;
	}
	free(all);
	for (uint32_t i = 0; i < c->row_cnt; i++) {
		memset(c->rows[i].is_noise, true, sizeof(c->rows[i].is_noise));
		rates_set(&c->rows[i], files, file_cnt);
		c->difference += c->rows[i].difference;
	}
	qsort(c->rows, c->row_cnt, sizeof(*c->rows), by_difference);
	return 0;
}

void comparison_release(struct comparison *c)
{
	for (uint32_t i = 0; i < c->row_cnt; i++)
		free(c->rows[i].name);
	free(c->rows);
	memset(c, 0, sizeof(*c));
}
