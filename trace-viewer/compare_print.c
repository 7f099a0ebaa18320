/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A column for each recording, the differences from the first, and what each of them explains. */
#include "trace-viewer/compare_print.h"

#include <stdio.h>

#include "trace-viewer/grid.h"

#define COLUMNS_A_FILE 4
#define TITLE_MAX      16

/* The title of a file's column: "A COUNT". */
static const char *title(char (*room)[TITLE_MAX], uint32_t file, const char *what)
{
	snprintf(*room, sizeof(*room), "%c %s", (int)('A' + file), what);
	return *room;
}

/* Three digits that tell, or all before the point. */
static void add_number(struct text *t, double number)
{
	if (number >= 100 || number == 0)
		text_add_large(t, number);
	else
		text_add(t, number >= 10 ? "%.1f" : number >= 1 ? "%.2f" : "%.3f", number);
}

static void grid_number(struct grid *grid, double number)
{
	struct text t;

	text_clear(&t);
	add_number(&t, number);
	grid_text(grid, &t);
}

static void grid_difference(struct grid *grid, double from, double to)
{
	struct text t;

	text_clear(&t);
	if (to != from)
		text_add(&t, to > from ? "+" : "-");
	add_number(&t, to > from ? to - from : from - to);
	grid_text(grid, &t);
}

static bool is_noise(const struct comparison *c, const struct compare_row *row)
{
	for (uint32_t f = 1; f < c->file_cnt; f++)
		if (!row->is_noise[f])
			return false;
	return true;
}

/* "noise", "only in B", "2.5 ×": what a pair of rates comes to. */
static void grid_remark(struct grid *grid, const struct comparison *c, const struct compare_row *row, bool ascii)
{
	bool is_pair = c->file_cnt == 2;
	double a = row->rate[0], b = row->rate[1];

	if (is_noise(c, row))
		grid_cell(grid, "noise");
	else if (is_pair && (a == 0 || b == 0))
		grid_cell(grid, a == 0 ? "only in B" : "only in A");
	else if (is_pair)
		grid_cell(grid, "%.2f %s", b / a, glyph(ascii, GLYPH_TIMES));
}

static void add_row(struct grid *grid, const struct comparison *c, const struct compare_file *files,
		    const struct compare_row *row, enum style style)
{
	grid_row(grid, style);
	grid_cell(grid, "%s", row->name);
	for (uint32_t f = 0; f < c->file_cnt; f++) {
		grid_count(grid, row->cnt[f]);
		grid_share(grid, row->cnt[f], files[f].exit_cnt);
		grid_number(grid, row->rate[f]);
		if (f)
			grid_difference(grid, row->rate[0], row->rate[f]);
	}
	if (c->difference > 0)
		grid_cell(grid, "%.1f %%", row->difference / c->difference * 100);
	else
		grid_cell(grid, "0.0 %%");
}

static void add_rest(struct grid *grid, const struct comparison *c, const struct compare_file *files,
		     uint32_t first)
{
	struct compare_row rest = { .name = NULL };
	char name[32];

	for (uint32_t i = first; i < c->row_cnt; i++) {
		for (uint32_t f = 0; f < c->file_cnt; f++) {
			rest.cnt[f] += c->rows[i].cnt[f];
			rest.rate[f] += c->rows[i].rate[f];
		}
		rest.difference += c->rows[i].difference;
	}
	snprintf(name, sizeof(name), "(%u more)", c->row_cnt - first);
	rest.name = name;
	add_row(grid, c, files, &rest, STYLE_DIM);
}

static void add_all(struct grid *grid, const struct comparison *c, const struct compare_file *files, bool ascii)
{
	struct compare_row all = { .name = (char[]){ "all" }, .difference = c->difference };

	for (uint32_t f = 0; f < c->file_cnt; f++) {
		all.cnt[f] = files[f].exit_cnt;
		all.rate[f] = files[f].units > 0 ? (double)all.cnt[f] / files[f].units : 0;
		all.is_noise[f] = compare_is_noise(all.cnt[0], files[0].units, all.cnt[f], files[f].units);
	}
	add_row(grid, c, files, &all, STYLE_HEAD);
	if (files[0].options->unit != PER_EXIT)
		grid_remark(grid, c, &all, ascii);
}

static void print_unit(const struct output *out, const struct compare_options *options)
{
	struct text t;

	text_clear(&t);
	text_add(&t, "exits for each ");
	switch (options->unit) {
	case PER_SECOND:
		text_add(&t, "second that the guests ran");
		break;
	case PER_EXIT:
		text_add(&t, "1,000 exits");
		break;
	case PER_KEY:
		text_add(&t, "%s", options->key_text);
		break;
	case PER_RECORDING:
		text_add(&t, "recording");
		break;
	}
	text_add(&t, ", and how they differ from A:");
	output_lines(out, STYLE_HEAD, t.at);
}

void compare_print(const struct output *out, const struct comparison *c, const struct compare_file *files,
		   long top)
{
	struct grid_column columns[2 + COLUMNS_A_FILE * COMPARE_FILES_MAX + 1];
	char titles[COLUMNS_A_FILE * COMPARE_FILES_MAX][TITLE_MAX];
	uint32_t shown = top && (uint32_t)top < c->row_cnt ? (uint32_t)top : c->row_cnt;
	unsigned int cnt = 0, t = 0;
	struct grid *grid;

	columns[cnt++] = (struct grid_column){ exit_by_title(files[0].options->by), 0 };
	for (uint32_t f = 0; f < c->file_cnt; f++) {
		columns[cnt++] = (struct grid_column){ title(&titles[t++], f, "COUNT"), 4 };
		columns[cnt++] = (struct grid_column){ title(&titles[t++], f, "SHARE"), 5 };
		columns[cnt++] = (struct grid_column){ title(&titles[t++], f, "RATE"), 0 };
		if (f)
			columns[cnt++] = (struct grid_column){ title(&titles[t++], f, "- A"), 3 };
	}
	columns[cnt++] = (struct grid_column){ "EXPLAINS", 1 };
	columns[cnt++] = (struct grid_column){ "", 0 };
	print_unit(out, files[0].options);
	grid = grid_new(columns, cnt);
	for (uint32_t i = 0; i < shown; i++) {
		add_row(grid, c, files, &c->rows[i], is_noise(c, &c->rows[i]) ? STYLE_DIM : STYLE_EXIT);
		grid_remark(grid, c, &c->rows[i], out->is_ascii);
	}
	if (shown < c->row_cnt)
		add_rest(grid, c, files, shown);
	add_all(grid, c, files, out->is_ascii);
	grid_print(grid, out);
	grid_free(grid);
	output_lines(out, STYLE_DIM, "noise: fewer than 3 standard deviations apart, were the exits a Poisson process");
}
