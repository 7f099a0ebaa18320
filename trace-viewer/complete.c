/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What may follow on a command line, from the command's table of options. */
#include "trace-viewer/complete.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "trace-viewer/commands.h"
#include "trace-viewer/kb.h"

struct completion {
	const char *word;
	const char *before; /* the word before it, or "" */
	bool wants_value;   /* word is the value of the option before it */
};

static void put(const char *candidate, const char *word)
{
	if (!strncmp(candidate, word, strlen(word)))
		puts(candidate);
}

static void put_choices(const char *choices, const char *word)
{
	while (*choices) {
		size_t sz = strcspn(choices, "|");

		if (sz >= strlen(word) && !strncmp(choices, word, strlen(word)))
			printf("%.*s\n", (int)sz, choices);
		choices += sz + (choices[sz] == '|');
	}
}

static bool is_named(const struct option_row *row, const char *word)
{
	if (!strncmp(word, "--", 2))
		return !strcmp(word + 2, row->long_name);
	return word[0] == '-' && word[1] && word[1] == row->short_name && !word[2];
}

/* Is the word before this one an option that takes a value? */
static void value_of_row(void *owner, const struct option_row *row, size_t offset)
{
	struct completion *c = owner;

	(void)offset;
	if (!option_takes_value(row) || !is_named(row, c->before))
		return;
	c->wants_value = true;
	if (row->choices)
		put_choices(row->choices, c->word);
}

static void name_of_row(void *owner, const struct option_row *row, size_t offset)
{
	const struct completion *c = owner;
	char name[64];

	(void)offset;
	snprintf(name, sizeof(name), "--%s", row->long_name);
	put(name, c->word);
}

static void put_entries(const char *word)
{
	struct kb_entry entry;

	for (enum kb_group group = 0; *word && group < KB_GROUP_CNT; group++)
		for (size_t i = 0; kb_entry(group, i, &entry); i++)
			if (!strncasecmp(entry.name, word, strlen(word)) && !strchr(entry.name, ' '))
				puts(entry.name);
}

void complete_print(const struct option_spec *spec, int cnt, char **words)
{
	struct completion c = { .word = words[cnt - 1], .before = cnt > 1 ? words[cnt - 2] : "" };

	/* bash makes three words of --format=json */
	if (!strcmp(c.word, "=")) {
		c.word = "";
	} else if (!strcmp(c.before, "=")) {
		c.before = cnt > 2 ? words[cnt - 3] : "";
	}
	options_each(spec, value_of_row, &c);
	if (c.wants_value)
		return;
	if (*c.word == '-') {
		options_each(spec, name_of_row, &c);
		put("--help", c.word);
		put("--version", c.word);
	} else if (spec == &explain_spec) {
		put_entries(c.word);
	}
}
