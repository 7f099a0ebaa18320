/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The help of a command: a line or more for each of its options. */
#include "trace-viewer/options.h"

#include <stdio.h>

#include "trace-viewer/text.h"

#define HELP_WIDTH 80
#define LEFT_MIN   23 /* cells of the option itself in the help */
#define LEFT_MAX   27 /* longer ones have a line of their own */

static void left_add(struct text *t, const struct option_row *row)
{
	if (row->short_name)
		text_add(t, "  -%c, --%s", row->short_name, row->long_name);
	else
		text_add(t, "      --%s", row->long_name);
	if (option_takes_value(row))
		text_add(t, " %s", row->metavar);
}

static void help_measure(void *owner, const struct option_row *row, size_t offset)
{
	size_t *widest = owner, cells;
	struct text t;

	(void)offset;
	text_clear(&t);
	left_add(&t, row);
	cells = text_cells(t.at);
	if (cells > *widest && cells <= LEFT_MAX)
		*widest = cells;
}

static void help_line(const char *left, const char *help, size_t indent)
{
	struct text t;

	text_clear(&t);
	text_add(&t, "%s", left);
	if (text_cells(left) + 2 > indent) {
		puts(left);
		text_clear(&t);
	}
	while (*help) {
		const char *rest;
		size_t n = text_break(help, HELP_WIDTH - indent, &rest);

		text_pad(&t, indent);
		printf("%s%.*s\n", t.at, (int)n, help);
		text_clear(&t);
		help = rest;
	}
}

static void help_row(void *owner, const struct option_row *row, size_t offset)
{
	const size_t *widest = owner;
	struct text left, help;

	(void)offset;
	text_clear(&left);
	left_add(&left, row);
	text_clear(&help);
	text_add(&help, "%s%s", row->help, row->choices ? ": " : "");
	for (const char *c = row->choices; c && *c; c++)
		text_add(&help, "%c%s", *c == '|' ? ',' : *c, *c == '|' ? " " : "");
	help_line(left.at, help.at, *widest + 2);
}

void options_help(const struct option_spec *spec)
{
	size_t widest = LEFT_MIN;

	printf("usage: %s %s\n%s\n\n", spec->command, spec->usage, spec->about);
	options_each(spec, help_measure, &widest);
	options_each(spec, help_row, &widest);
	help_line("  -h, --help", "print this help", widest + 2);
	help_line("      --version", "print the version", widest + 2);
}
