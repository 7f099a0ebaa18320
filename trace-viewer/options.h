/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The options of a command as rows of a table: parsing, checking and --help come from them.
 * Every command has --help and --version without a row.
 */
#ifndef KVMTREE_OPTIONS_H
#define KVMTREE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXIT_USAGE 2

enum option_type {
	OPTION_FLAG,	 /* bool: true when given */
	OPTION_NO,	 /* bool: false when given */
	OPTION_LONG,	 /* long: min..max */
	OPTION_DURATION, /* struct option_duration: "1.5ms" */
	OPTION_STRING,	 /* const char *: into argv */
	OPTION_CHOICE,	 /* const char *: one of `choices`, "a|b|c" */
	OPTION_LIST,	 /* struct option_list: may be given again and again */
};

struct option_duration {
	bool is_given;
	uint64_t ns;
};

#define OPTION_LIST_MAX 64
struct option_list {
	unsigned int cnt;
	const char *at[OPTION_LIST_MAX];
};

/* A row; a table ends with OPT_END. */
struct option_row {
	char short_name; /* or 0 */
	const char *long_name;
	enum option_type type;
	size_t offset; /* of the field in the command's own struct */
	const char *metavar;
	const char *help;
	const char *choices;
	long min, max;
};

#define OPT_FLAG(letter, name, at, text) { letter, name, OPTION_FLAG, at, NULL, text, NULL, 0, 0 }
#define OPT_NO(letter, name, at, text)	 { letter, name, OPTION_NO, at, NULL, text, NULL, 0, 0 }
#define OPT_NUMBER(letter, name, at, metavar, min, max, text) \
	{ letter, name, OPTION_LONG, at, metavar, text, NULL, min, max }
#define OPT_DURATION(letter, name, at, metavar, text) \
	{ letter, name, OPTION_DURATION, at, metavar, text, NULL, 0, 0 }
#define OPT_STRING(letter, name, at, metavar, text) \
	{ letter, name, OPTION_STRING, at, metavar, text, NULL, 0, 0 }
#define OPT_CHOICE(letter, name, at, metavar, choices, text) \
	{ letter, name, OPTION_CHOICE, at, metavar, text, choices, 0, 0 }
#define OPT_LIST(letter, name, at, metavar, text) \
	{ letter, name, OPTION_LIST, at, metavar, text, NULL, 0, 0 }
#define OPT_END { 0, NULL, OPTION_FLAG, 0, NULL, NULL, NULL, 0, 0 }

/* Rows that several commands have, such as output_rows; `offset` is that of their struct. */
struct option_group {
	const struct option_row *rows;
	size_t offset;
};

#define OPTION_GROUPS_MAX 3

struct option_spec {
	const char *command; /* "kvmtree tree" */
	const char *usage;   /* "[options] FILE" */
	const char *about;   /* one sentence, and what else there is to say */
	const struct option_row *rows;
	struct option_group groups[OPTION_GROUPS_MAX]; /* listed after rows; the first NULL ends them */
	int args_min, args_max; /* what may remain; args_max -1: any number */
	bool stops_at_command;	/* options end at the first argument: a command line follows */
};

/* Calls fn for each row of a command, its own first; `offset` is to be added to the row's. */
typedef void option_row_fn(void *owner, const struct option_row *row, size_t offset);
void options_each(const struct option_spec *spec, option_row_fn *fn, void *owner);

/* Does the option take a value, whose name is row->metavar? */
bool option_takes_value(const struct option_row *row);

enum option_outcome { OPTIONS_RUN, OPTIONS_EXIT };

/*
 * Parses argv (argv[0] is the command's name) into the struct at `into`. OPTIONS_RUN: *first is the
 * index of the first argument. OPTIONS_EXIT: all is said, exit with *status (0 or EXIT_USAGE).
 */
enum option_outcome options_parse(const struct option_spec *spec, void *into, int argc, char **argv,
				  int *first, int *status);

/* Writes the help of a command to standard output. */
void options_help(const struct option_spec *spec);

#endif
