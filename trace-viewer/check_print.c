/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A line for each budget, and a JUnit test case for each. */
#include "trace-viewer/check_print.h"

#include <string.h>

#include "trace-viewer/grid.h"

void check_print(const struct output *out, const struct check *check)
{
	static const struct grid_column columns[] = {
		{ "BUDGET", 0 }, { "LIMIT", 0 }, { "FOUND", 0 },
		{ "", 0 }, { "", 1 },
	};
	struct grid *grid = grid_new(columns, sizeof(columns) / sizeof(columns[0]));
	struct text t;

	for (uint32_t i = 0; i < check->budget_cnt; i++) {
		const struct budget *budget = &check->budgets[i];

		grid_row(grid, budget->is_broken ? STYLE_BAD : STYLE_PLAIN);
		grid_cell(grid, "%s", budget->name);
		text_clear(&t);
		budget_add_number(&t, budget, budget->limit, out->is_ascii);
		grid_text(grid, &t);
		text_clear(&t);
		budget_add_number(&t, budget, budget->found, out->is_ascii);
		grid_text(grid, &t);
		grid_cell(grid, budget->is_broken ? "BROKEN" : "kept");
		text_clear(&t);
		budget_add_remark(&t, budget, out->is_ascii);
		grid_text(grid, &t);
	}
	grid_print(grid, out);
	grid_free(grid);
	text_clear(&t);
	if (check->broken_cnt)
		text_add(&t, "%u of %u budgets broken\n", check->broken_cnt, check->budget_cnt);
	else
		text_add(&t, "all %u budgets kept\n", check->budget_cnt);
	output_put(out, check->broken_cnt ? STYLE_BAD : STYLE_HEAD, t.at);
}

/* --- JUnit ---------------------------------------------------------------------------- */

/* As text or between quotes; what XML cannot hold becomes '?'. */
static void put_escaped(FILE *file, const char *text)
{
	struct text safe;

	text_clear(&safe);
	text_add(&safe, "%s", text);
	text_make_safe(safe.at);
	for (const char *c = safe.at; *c; c++) {
		switch (*c) {
		case '&':
			fputs("&amp;", file);
			break;
		case '<':
			fputs("&lt;", file);
			break;
		case '>':
			fputs("&gt;", file);
			break;
		case '"':
			fputs("&quot;", file);
			break;
		case '\'':
			fputs("&apos;", file);
			break;
		default:
			fputc(*c, file);
		}
	}
}

static void put_case(FILE *file, const struct budget *budget)
{
	struct text t;

	fputs("    <testcase classname=\"kvmtree.check\" name=\"", file);
	put_escaped(file, budget->name);
	if (!budget->is_broken) {
		fputs("\"/>\n", file);
		return;
	}
	text_clear(&t);
	text_add(&t, "%s: the limit is ", budget->name);
	budget_add_number(&t, budget, budget->limit, true);
	text_add(&t, ", there are ");
	budget_add_number(&t, budget, budget->found, true);
	text_add(&t, ": ");
	budget_add_remark(&t, budget, true);
	fputs("\">\n      <failure type=\"budget\" message=\"", file);
	put_escaped(file, t.at);
	fputs("\"/>\n    </testcase>\n", file);
}

void check_junit(FILE *file, const struct check *check, const char *path)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"kvmtree check ", file);
	put_escaped(file, path);
	fprintf(file, "\" tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"0\">\n", check->budget_cnt,
		check->broken_cnt);
	for (uint32_t i = 0; i < check->budget_cnt; i++)
		put_case(file, &check->budgets[i]);
	fputs("  </testsuite>\n</testsuites>\n", file);
}
