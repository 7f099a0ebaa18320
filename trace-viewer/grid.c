/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Cells kept as strings until their columns can be measured. */
#include "trace-viewer/grid.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 80u
#define GAP	    2u  /* cells between columns */
#define FIRST_LEAST 24u /* the first column is not cut below that while others can go */
#define RANK_MAX    9

struct row {
	enum style style;
	char *cells[]; /* NULL: empty */
};

struct grid {
	const struct grid_column *columns;
	unsigned int column_cnt, cell; /* the next cell of the last row */
	struct row **rows;
	size_t row_cnt, row_room;
};

struct grid *grid_new(const struct grid_column *columns, unsigned int column_cnt)
{
	struct grid *grid = column_cnt <= COLUMNS_MAX ? calloc(1, sizeof(*grid)) : NULL;

	if (!grid)
		return NULL;
	grid->columns = columns;
	grid->column_cnt = column_cnt;
	return grid;
}

void grid_free(struct grid *grid)
{
	for (size_t i = 0; grid && i < grid->row_cnt; i++) {
		for (unsigned int c = 0; c < grid->column_cnt; c++)
			free(grid->rows[i]->cells[c]);
		free(grid->rows[i]);
	}
	if (grid)
		free(grid->rows);
	free(grid);
}

void grid_row(struct grid *grid, enum style style)
{
	struct row *row, **rows;

	if (!grid)
		return;
	grid->cell = grid->column_cnt; /* without memory for the row its cells go nowhere */
	if (grid->row_cnt == grid->row_room) {
		size_t room = grid->row_room ? 2 * grid->row_room : 32;

		rows = realloc(grid->rows, room * sizeof(struct row *));
		if (!rows)
			return;
		grid->rows = rows;
		grid->row_room = room;
	}
	row = calloc(1, sizeof(*row) + grid->column_cnt * sizeof(char *));
	if (!row)
		return;
	row->style = style;
	grid->rows[grid->row_cnt++] = row;
	grid->cell = 0;
}

void grid_text(struct grid *grid, const struct text *text)
{
	if (!grid || grid->cell >= grid->column_cnt)
		return;
	if (text->sz)
		grid->rows[grid->row_cnt - 1]->cells[grid->cell] = strdup(text->at);
	grid->cell++;
}

void grid_cell(struct grid *grid, const char *fmt, ...)
{
	struct text text;
	char cell[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cell, sizeof(cell), fmt, ap);
	va_end(ap);
	text_clear(&text);
	text_add(&text, "%s", cell);
	grid_text(grid, &text);
}

void grid_count(struct grid *grid, uint64_t count)
{
	struct text text;

	text_clear(&text);
	text_add_count(&text, count);
	grid_text(grid, &text);
}

void grid_ns(struct grid *grid, uint64_t ns, bool ascii)
{
	struct text text;

	text_clear(&text);
	text_add_ns(&text, ns, ascii);
	grid_text(grid, &text);
}

void grid_share(struct grid *grid, uint64_t part, uint64_t all)
{
	struct text text;

	text_clear(&text);
	text_add_share(&text, part, all);
	grid_text(grid, &text);
}

/* --- printing ------------------------------------------------------------------------ */

/* Cells that each column wants; 0: it is empty. */
static void measure(const struct grid *grid, size_t *widths)
{
	for (unsigned int c = 0; c < grid->column_cnt; c++) {
		size_t title = text_cells(grid->columns[c].title);

		widths[c] = 0;
		for (size_t i = 0; i < grid->row_cnt; i++) {
			const char *cell = grid->rows[i]->cells[c];

			if (cell && text_cells(cell) > widths[c])
				widths[c] = text_cells(cell);
		}
		if (widths[c] && widths[c] < title)
			widths[c] = title;
	}
}

/* What columns of at most this rank take, beside the first. */
static size_t width_of_rank(const struct grid *grid, const size_t *widths, int rank)
{
	size_t width = 0;

	for (unsigned int c = 1; c < grid->column_cnt; c++)
		if (widths[c] && grid->columns[c].rank <= rank)
			width += GAP + widths[c];
	return width;
}

/* Leaves out columns that do not fit, and cuts the first. */
static void fit(const struct grid *grid, size_t *widths, size_t width)
{
	size_t least = widths[0] < FIRST_LEAST ? widths[0] : FIRST_LEAST, others;
	int rank = RANK_MAX;

	while (rank && least + width_of_rank(grid, widths, rank) > width)
		rank--;
	for (unsigned int c = 1; c < grid->column_cnt; c++)
		if (grid->columns[c].rank > rank)
			widths[c] = 0;
	others = width_of_rank(grid, widths, rank);
	if (widths[0] + others > width)
		widths[0] = width > others + 1 ? width - others : 1;
}

static void print_row(const struct grid *grid, const struct output *out, const size_t *widths,
		      const char *const *cells, enum style first, enum style others)
{
	struct text t;
	size_t blank; /* cells to leave free before the next text */

	text_clear(&t);
	text_add(&t, "%s", cells[0] ? cells[0] : "");
	text_fit(&t, widths[0], out->is_ascii);
	output_put(out, first, t.at);
	blank = widths[0] - text_cells(t.at);
	for (unsigned int c = 1; c < grid->column_cnt; c++) {
		bool is_left = !*grid->columns[c].title;
		size_t cells_cnt = cells[c] ? text_cells(cells[c]) : 0;

		if (!widths[c])
			continue;
		blank += GAP + widths[c];
		if (!cells_cnt)
			continue;
		text_clear(&t);
		text_add(&t, "%*s%s", (int)(blank - (is_left ? widths[c] : cells_cnt)), "", cells[c]);
		output_put(out, others, t.at);
		blank = is_left ? widths[c] - cells_cnt : 0;
	}
	output_put(out, STYLE_PLAIN, "\n");
}

void grid_print(const struct grid *grid, const struct output *out)
{
	const char *titles[COLUMNS_MAX];
	size_t widths[COLUMNS_MAX];

	if (!grid || !grid->row_cnt)
		return;
	measure(grid, widths);
	fit(grid, widths, out->width);
	for (unsigned int c = 0; c < grid->column_cnt; c++)
		titles[c] = grid->columns[c].title;
	print_row(grid, out, widths, titles, STYLE_HEAD, STYLE_HEAD);
	for (size_t i = 0; i < grid->row_cnt; i++)
		print_row(grid, out, widths, (const char *const *)grid->rows[i]->cells,
			  grid->rows[i]->style, STYLE_PLAIN);
}
