/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* getopt_long under a table of rows. */
#include "trace-viewer/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX  48
#define VAL_FIRST 0x100 /* above all short names */

enum { VAL_HELP = VAL_FIRST + ROWS_MAX, VAL_VERSION };

static size_t rows_cnt(const struct option_row *rows)
{
	size_t cnt = 0;

	while (rows[cnt].long_name)
		cnt++;
	return cnt;
}

static bool takes_value(const struct option_row *row)
{
	return row->type != OPTION_FLAG && row->type != OPTION_NO;
}

void options_help(const struct option_spec *spec)
{
	printf("usage: %s %s\n%s\n\n", spec->command, spec->usage, spec->about);
	for (const struct option_row *row = spec->rows; row->long_name; row++) {
		char left[64], short_name[8] = "    ";

		if (row->short_name)
			snprintf(short_name, sizeof(short_name), "-%c, ", row->short_name);
		snprintf(left, sizeof(left), "%s--%s%s%s", short_name, row->long_name,
			 takes_value(row) ? " " : "", takes_value(row) ? row->metavar : "");
		printf("  %-22s %s%s%s\n", left, row->help, row->choices ? ": " : "",
		       row->choices ? row->choices : "");
	}
	printf("  %-22s %s\n", "-h, --help", "print this help");
	printf("  %-22s %s\n", "    --version", "print the version");
}

/* The rows as getopt_long wants them; short names go into shorts. */
static void tables_fill(const struct option_spec *spec, struct option *longs, char *shorts)
{
	size_t i;

	*shorts++ = spec->stops_at_command ? '+' : '-';
	if (!spec->stops_at_command)
		shorts--; /* getopt may permute: options anywhere */
	*shorts++ = ':';
	for (i = 0; i < rows_cnt(spec->rows); i++) {
		const struct option_row *row = &spec->rows[i];

		longs[i] = (struct option){ row->long_name, takes_value(row) ? required_argument : 0,
					    NULL, VAL_FIRST + (int)i };
		if (row->short_name) {
			*shorts++ = row->short_name;
			if (takes_value(row))
				*shorts++ = ':';
		}
	}
	longs[i++] = (struct option){ "help", 0, NULL, VAL_HELP };
	longs[i++] = (struct option){ "version", 0, NULL, VAL_VERSION };
	memset(&longs[i], 0, sizeof(longs[i]));
	*shorts++ = 'h';
	*shorts = '\0';
}

static bool is_choice(const char *choices, const char *value)
{
	size_t value_sz = strlen(value);

	for (;;) {
		size_t sz = strcspn(choices, "|");

		if (sz == value_sz && !memcmp(choices, value, sz))
			return true;
		if (!choices[sz])
			return false;
		choices += sz + 1;
	}
}

static bool row_set(const struct option_spec *spec, const struct option_row *row, void *into,
		    const char *value)
{
	void *field = (char *)into + row->offset;
	char *end;
	long number;

	switch (row->type) {
	case OPTION_FLAG:
	case OPTION_NO:
		*(bool *)field = row->type == OPTION_FLAG;
		return true;
	case OPTION_STRING:
		*(const char **)field = value;
		return true;
	case OPTION_CHOICE:
		if (!is_choice(row->choices, value)) {
			fprintf(stderr, "%s: --%s %s: is none of %s\n", spec->command,
				row->long_name, value, row->choices);
			return false;
		}
		*(const char **)field = value;
		return true;
	case OPTION_LONG:
		errno = 0;
		number = strtol(value, &end, 0);
		if (errno || end == value || *end || number < row->min || number > row->max) {
			fprintf(stderr, "%s: --%s %s: must be a number from %ld to %ld\n",
				spec->command, row->long_name, value, row->min, row->max);
			return false;
		}
		*(long *)field = number;
		return true;
	}
	return false;
}

static const struct option_row *row_find(const struct option_spec *spec, int val)
{
	for (const struct option_row *row = spec->rows; row->long_name; row++)
		if (val == VAL_FIRST + (int)(row - spec->rows) || (row->short_name && val == row->short_name))
			return row;
	return NULL;
}

static bool complain(const struct option_spec *spec, int c, const char *word)
{
	char short_name[3] = { '-', (char)optopt, '\0' };

	/* of a short option getopt tells the letter, which need not be alone in its word */
	if (optopt > ' ' && optopt < 0x7f)
		word = short_name;
	fprintf(stderr, "%s: %s: %s; `%s --help` lists the options\n", spec->command, word,
		c == ':' ? "a value is missing" : "no such option", spec->command);
	return false;
}

/* One option that getopt found; false: the command ends with *status. */
static bool option_take(const struct option_spec *spec, void *into, int c, const char *word,
			int *status)
{
	const struct option_row *row;

	*status = 0;
	if (c == VAL_HELP || c == 'h') {
		options_help(spec);
		return false;
	}
	if (c == VAL_VERSION) {
		puts("kvmtree " KVMTREE_VERSION);
		return false;
	}
	*status = EXIT_USAGE;
	row = row_find(spec, c);
	if (!row)
		return complain(spec, c, word);
	return row_set(spec, row, into, optarg);
}

enum option_outcome options_parse(const struct option_spec *spec, void *into, int argc, char **argv,
				  int *first, int *status)
{
	struct option longs[ROWS_MAX + 3];
	char shorts[2 * ROWS_MAX + 4];
	int c, args;

	if (rows_cnt(spec->rows) > ROWS_MAX)
		abort();
	tables_fill(spec, longs, shorts);
	optind = 0;
	for (;;) {
		const char *word;

		c = getopt_long(argc, argv, shorts, longs, NULL);
		if (c == -1)
			break;
		word = optind > 1 && optind <= argc ? argv[optind - 1] : "";
		if (!option_take(spec, into, c, word, status))
			return OPTIONS_EXIT;
	}
	*first = optind;
	args = argc - optind;
	if (args >= spec->args_min && (spec->args_max < 0 || args <= spec->args_max))
		return OPTIONS_RUN;
	fprintf(stderr, "%s: %s; usage: %s %s\n", spec->command,
		args < spec->args_min ? "an argument is missing" : "too many arguments",
		spec->command, spec->usage);
	*status = EXIT_USAGE;
	return OPTIONS_EXIT;
}
