/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The options of a command as rows of a table: parsing, checking and --help come from them.
 * Every command has --help and --version without a row.
 */
#ifndef KVMTREE_OPTIONS_H
#define KVMTREE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#define EXIT_USAGE 2

enum option_type {
	OPTION_FLAG,   /* bool: true when given */
	OPTION_NO,     /* bool: false when given */
	OPTION_LONG,   /* long: min..max */
	OPTION_STRING, /* const char *: into argv */
	OPTION_CHOICE, /* const char *: one of `choices`, "a|b|c" */
};

/* A row; the table ends at a row without long_name. */
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

struct option_spec {
	const char *command; /* "kvmtree tree" */
	const char *usage;   /* "[options] FILE" */
	const char *about;   /* one sentence */
	const struct option_row *rows;
	int args_min, args_max; /* what may remain; args_max -1: any number */
	bool stops_at_command;	/* options end at the first argument: a command line follows */
};

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
