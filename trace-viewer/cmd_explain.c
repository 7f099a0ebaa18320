/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree explain: the knowledge base, by any name of a thing. */
#include <stdio.h>
#include <stdlib.h>

#include "trace-viewer/commands.h"
#include "trace-viewer/explain_find.h"
#include "trace-viewer/explain_print.h"
#include "trace-viewer/output.h"

#define SUGGESTIONS_MAX 5
#define NAME_MAX_SZ	128

struct explain_command {
	struct output_options output;
};

#define AT(field) offsetof(struct explain_command, field)

static const struct option_row rows[] = {
	OPT_END,
};

const struct option_spec explain_spec = {
	.command = "kvmtree explain",
	.usage = "[options] [GROUP] [NAME...]",
	.about = "Says what an exit reason, ioctl, function, port, MSR or CPUID leaf is, by any\n"
		 "of its names or its number; without NAME, lists what there is.",
	.rows = rows,
	.groups = { { output_rows, AT(output) } },
	.args_min = 0,
	.args_max = -1,
};

/* The rows that fit a name: measured, then printed as they come. */
struct found {
	const struct output *out;
	enum explain_match match;
	struct explain_columns columns;
	unsigned int cnt;
};

static void found_print(void *owner, const struct kb_entry *entry)
{
	struct found *found = owner;

	if (found->match == EXPLAIN_EXACT) {
		if (found->cnt++)
			output_put(found->out, STYLE_PLAIN, "\n");
		explain_print(found->out, entry);
	} else {
		explain_print_row(found->out, &found->columns, entry);
	}
}

static void found_suggest(void *owner, const struct kb_entry *entry)
{
	struct found *found = owner;

	if (found->cnt++ < SUGGESTIONS_MAX)
		fprintf(stderr, "%s%s", found->cnt > 1 ? ", " : "", entry->name);
}

static void found_measure(void *owner, const struct kb_entry *entry)
{
	explain_measure(&((struct found *)owner)->columns, entry);
}

static int unknown(enum kb_group group, const char *name, enum explain_match match)
{
	struct found found = { .match = match };

	fprintf(stderr, "%s: %s: the knowledge base has no such name or number; ", explain_spec.command, name);
	if (match == EXPLAIN_NEAR) {
		fprintf(stderr, "did you mean ");
		explain_find(group, name, found_suggest, &found);
		fprintf(stderr, "?\n");
	} else {
		fprintf(stderr, "`%s` lists its groups\n", explain_spec.command);
	}
	return EXIT_FAILURE;
}

static void list_group(const struct output *out, enum kb_group group)
{
	struct explain_columns columns = { 0 };
	struct kb_entry entry;

	for (size_t i = 0; kb_entry(group, i, &entry); i++)
		explain_measure(&columns, &entry);
	for (size_t i = 0; kb_entry(group, i, &entry); i++)
		explain_print_row(out, &columns, &entry);
}

/* The group; before it what is called as the group is: the exits cpuid and msr of SVM. */
static void explain_group_named(const struct output *out, enum kb_group group, const char *word)
{
	struct found found = { .out = out };

	found.match = explain_find(KB_GROUP_CNT, word, found_measure, &found);
	if (found.match == EXPLAIN_EXACT) {
		explain_find(KB_GROUP_CNT, word, found_print, &found);
		fputc('\n', out->file);
	}
	list_group(out, group);
}

/* The words of a name that was not quoted; what does not fit is no name of ours. */
static void words_join(char name[NAME_MAX_SZ], int cnt, char **words)
{
	size_t sz = 0;

	name[0] = '\0';
	for (int i = 0; i < cnt && sz < NAME_MAX_SZ; i++)
		sz += (size_t)snprintf(name + sz, NAME_MAX_SZ - sz, "%s%s", i ? " " : "", words[i]);
}

int cmd_explain(int argc, char **argv)
{
	struct explain_command cmd = { 0 };
	enum kb_group group = KB_GROUP_CNT;
	struct found found = { 0 };
	char name[NAME_MAX_SZ];
	struct output out;
	int first, status;

	if (options_parse(&explain_spec, &cmd, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	if (first < argc) {
		group = explain_group(argv[first]);
		first += group != KB_GROUP_CNT;
	}
	words_join(name, argc - first, argv + first);
	if (*name) {
		found.match = explain_find(group, name, found_measure, &found);
		if (found.match == EXPLAIN_NONE || found.match == EXPLAIN_NEAR)
			return unknown(group, name, found.match);
	}
	output_begin(&out, &cmd.output);
	found.out = &out;
	if (*name)
		explain_find(group, name, found_print, &found);
	else if (group != KB_GROUP_CNT)
		explain_group_named(&out, group, argv[first - 1]);
	else
		explain_print_groups(&out);
	return output_end(&out, explain_spec.command) ? EXIT_SUCCESS : EXIT_FAILURE;
}
