/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* getopt_long under tables of rows. */
#include "trace-viewer/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/output.h"
#include "trace-viewer/text.h"

#define ROWS_MAX  48
#define VAL_FIRST 0x100 /* above all short names */

enum { VAL_HELP = VAL_FIRST + ROWS_MAX, VAL_VERSION };

/* --- all rows of a command ------------------------------------------------------ */

/* A command's rows as getopt_long wants them. */
struct table {
	const struct option_row *rows[ROWS_MAX];
	size_t offsets[ROWS_MAX];
	size_t cnt;
	struct option longs[ROWS_MAX + 3];
	char shorts[2 * ROWS_MAX + 4];
};

bool option_takes_value(const struct option_row *row)
{
	return row->type != OPTION_FLAG && row->type != OPTION_NO;
}

void options_each(const struct option_spec *spec, option_row_fn *fn, void *owner)
{
	for (const struct option_row *row = spec->rows; row && row->long_name; row++)
		fn(owner, row, 0);
	for (size_t i = 0; i < OPTION_GROUPS_MAX && spec->groups[i].rows; i++)
		for (const struct option_row *row = spec->groups[i].rows; row->long_name; row++)
			fn(owner, row, spec->groups[i].offset);
}

static void table_add(void *owner, const struct option_row *row, size_t offset)
{
	struct table *table = owner;

	if (table->cnt == ROWS_MAX)
		abort();
	table->rows[table->cnt] = row;
	table->offsets[table->cnt++] = offset;
}

static void table_fill(struct table *table, const struct option_spec *spec)
{
	char *shorts = table->shorts;
	size_t i;

	memset(table, 0, sizeof(*table));
	options_each(spec, table_add, table);
	if (spec->stops_at_command)
		*shorts++ = '+'; /* else getopt permutes: options anywhere */
	*shorts++ = ':';
	for (i = 0; i < table->cnt; i++) {
		const struct option_row *row = table->rows[i];
		bool takes_value = option_takes_value(row);

		table->longs[i] = (struct option){ row->long_name, takes_value, NULL,
						   VAL_FIRST + (int)i };
		if (row->short_name) {
			*shorts++ = row->short_name;
			if (takes_value)
				*shorts++ = ':';
		}
	}
	table->longs[i++] = (struct option){ "help", 0, NULL, VAL_HELP };
	table->longs[i] = (struct option){ "version", 0, NULL, VAL_VERSION };
	*shorts = 'h';
}

/* --- values ---------------------------------------------------------------------- */

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

static bool number_set(const struct option_row *row, long *field, const char *value)
{
	char *end;

	errno = 0;
	*field = strtol(value, &end, 0);
	return !errno && end != value && !*end && *field >= row->min && *field <= row->max;
}

static bool list_add(struct option_list *list, const char *value)
{
	if (list->cnt == OPTION_LIST_MAX)
		return false;
	list->at[list->cnt++] = value;
	return true;
}

/* Sets the field; false: the value is none for this row. */
static bool field_set(const struct option_row *row, void *field, const char *value)
{
	struct option_duration *duration = field;

	switch (row->type) {
	case OPTION_FLAG:
	case OPTION_NO:
		*(bool *)field = row->type == OPTION_FLAG;
		return true;
	case OPTION_CHOICE:
		*(const char **)field = value;
		return is_choice(row->choices, value);
	case OPTION_STRING:
		*(const char **)field = value;
		return true;
	case OPTION_LONG:
		return number_set(row, field, value);
	case OPTION_DURATION:
		duration->is_given = true;
		return text_parse_ns(value, &duration->ns);
	case OPTION_LIST:
		return list_add(field, value);
	}
	return false;
}

static bool complain_value(const struct option_spec *spec, const struct option_row *row,
			   const char *value)
{
	fprintf(stderr, "%s: --%s %s: ", spec->command, row->long_name, value);
	if (row->type == OPTION_CHOICE)
		fprintf(stderr, "is none of %s\n", row->choices);
	else if (row->type == OPTION_DURATION)
		fprintf(stderr, "must be a time with its unit, such as 300us, 1.5ms or 2s\n");
	else if (row->type == OPTION_LIST)
		fprintf(stderr, "is one too many: give it at most %d times\n", OPTION_LIST_MAX);
	else
		fprintf(stderr, "must be a number from %ld to %ld\n", row->min, row->max);
	return false;
}

/* --- parsing --------------------------------------------------------------------- */

static int row_find(const struct table *table, int val)
{
	for (size_t i = 0; i < table->cnt; i++)
		if (val == VAL_FIRST + (int)i ||
		    (table->rows[i]->short_name && val == table->rows[i]->short_name))
			return (int)i;
	return -1;
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
static bool option_take(const struct option_spec *spec, const struct table *table, void *into, int c,
			const char *word, int *status)
{
	int i;

	*status = 0;
	if (c == VAL_HELP || c == 'h' || c == VAL_VERSION) {
		if (c == VAL_VERSION)
			puts("kvmtree " KVMTREE_VERSION);
		else
			options_help(spec);
		*status = output_stdout_end(spec->command);
		return false;
	}
	*status = EXIT_USAGE;
	i = row_find(table, c);
	if (i < 0)
		return complain(spec, c, word);
	if (field_set(table->rows[i], (char *)into + table->offsets[i] + table->rows[i]->offset,
		      optarg))
		return true;
	return complain_value(spec, table->rows[i], optarg);
}

enum option_outcome options_parse(const struct option_spec *spec, void *into, int argc, char **argv,
				  int *first, int *status)
{
	struct table table;
	int c, args;

	table_fill(&table, spec);
	optind = 0;
	for (;;) {
		const char *word;

		c = getopt_long(argc, argv, table.shorts, table.longs, NULL);
		if (c == -1)
			break;
		word = optind > 1 && optind <= argc ? argv[optind - 1] : "";
		if (!option_take(spec, &table, into, c, word, status))
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
