/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree compare: exit mixes side by side. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/commands.h"
#include "trace-viewer/compare_print.h"
#include "trace-viewer/input.h"
#include "trace-viewer/output.h"
#include "trace-viewer/summary.h"

struct compare_command {
	struct compare_options compare;
	struct output_options output;
	const char *by, *per;
	long top;
};

#define AT(field) offsetof(struct compare_command, field)

static const struct option_row rows[] = {
	OPT_STRING('p', "per", AT(per), "UNIT", "what counts are divided by: second (that the guests ran), exit, "
		   "recording, or exits that stand for a unit of work, such as io:0x3f8 or halt (second)"),
	OPT_CHOICE('b', "by", AT(by), "KEY", EXIT_BY_CHOICES, "a row for each (concept)"),
	OPT_NUMBER('n', "top", AT(top), "N", 1, 1000000, "only the first N rows, and the sum of the others"),
	OPT_NUMBER(0, "vm", AT(compare.vm), "N", 1, MODEL_VMS_MAX, "only this VM of each (they are numbered from 1)"),
	OPT_END,
};

const struct option_spec compare_spec = {
	.command = "kvmtree compare",
	.usage = "[options] A B...",
	.about = "Prints the exit mixes of recordings side by side: how often the guests exited\n"
		 "for what, in a unit that makes them comparable, and how B and the others differ\n"
		 "from A. Exits of Intel and AMD are counted by what they have in common. What\n"
		 "explains most of the difference comes first; what may be chance is noise.",
	.rows = rows,
	.groups = { { output_rows, AT(output) } },
	.args_min = 2,
	.args_max = COMPARE_FILES_MAX,
};

static bool unit_parse(struct compare_command *cmd)
{
	struct compare_options *options = &cmd->compare;
	const char *why;

	options->by = cmd->by ? exit_by_name(cmd->by, strlen(cmd->by)) : BY_CONCEPT;
	if (!cmd->per || !strcmp(cmd->per, "second"))
		return true;
	options->key_text = cmd->per;
	options->unit = !strcmp(cmd->per, "exit")	     ? PER_EXIT
			: !strcmp(cmd->per, "recording") ? PER_RECORDING
							 : PER_KEY;
	if (options->unit != PER_KEY || exit_selector_parse(&options->key, cmd->per, strlen(cmd->per), &why))
		return true;
	fprintf(stderr, "%s: --per %s: %s\n", compare_spec.command, cmd->per, why);
	return false;
}

/* "A  hello.kvmtree   vmm hello, AMD SVM, Linux 6.1.0, 15 exits, guest 613 µs" */
static char *head_make(const struct input *in, const struct compare_file *file, bool ascii)
{
	const char *command = model_meta(in->model, "command"), *kernel = model_meta(in->model, "kernel");
	struct text t;

	text_clear(&t);
	text_add(&t, "%s  %s, %s, Linux %s, ", in->path, command ? command : "(no command)",
		 summary_vendor(in->model), kernel ? kernel : "?");
	text_add_count(&t, file->exit_cnt);
	text_add(&t, " exits, ");
	text_add_ns(&t, file->guest_ns, ascii);
	text_add(&t, " in the guest");
	if (in->model->lost_cnt) {
		text_add(&t, ", ");
		text_add_count(&t, in->model->lost_cnt);
		text_add(&t, " records lost");
	}
	return strdup(t.at);
}

static bool has_units(const struct compare_command *cmd, const char *path, const struct compare_file *file)
{
	if (file->units > 0)
		return true;
	if (cmd->compare.unit == PER_KEY)
		fprintf(stderr, "%s: %s: has no exits of %s to count by; --per second or exit may do\n",
			compare_spec.command, path, cmd->per);
	else
		fprintf(stderr, "%s: %s: no guest ran in it that could be compared\n", compare_spec.command, path);
	return false;
}

/* Reads a file down to its names and counts. Returns the exit status. */
static int file_read(const struct compare_command *cmd, const char *path, struct compare_file *file,
		     char **head, bool ascii)
{
	struct observer observer = compare_observer(file);
	struct input in;

	if (input_read(&in, compare_spec.command, path, MODEL_FACTS, &observer))
		return EXIT_FAILURE;
	if (!input_has_vm(&in, cmd->compare.vm)) {
		input_release(&in);
		return EXIT_USAGE;
	}
	*head = compare_file_finish(file) ? NULL : head_make(&in, file, ascii);
	if (!*head)
		fprintf(stderr, "%s: %s: no memory to compare it\n", compare_spec.command, path);
	if (!*head || !has_units(cmd, path, file)) {
		input_release(&in);
		return EXIT_FAILURE;
	}
	return input_end(&in);
}

static void print(const struct compare_command *cmd, const struct output *out, const struct comparison *c,
		  const struct compare_file *files, char **heads)
{
	for (uint32_t f = 0; f < c->file_cnt; f++) {
		struct text t;

		text_clear(&t);
		text_add(&t, "%c  %s", (int)('A' + f), heads[f]);
		text_fit(&t, out->width, out->is_ascii);
		output_put(out, STYLE_PLAIN, t.at);
		output_put(out, STYLE_PLAIN, "\n");
	}
	output_put(out, STYLE_PLAIN, "\n");
	compare_print(out, c, files, cmd->top);
}

int cmd_compare(int argc, char **argv)
{
	struct compare_command cmd = { .by = NULL };
	struct compare_file files[COMPARE_FILES_MAX] = { 0 };
	char *heads[COMPARE_FILES_MAX] = { 0 };
	struct comparison c = { 0 };
	struct output out;
	int first, status, worst = EXIT_SUCCESS;
	uint32_t cnt;

	if (options_parse(&compare_spec, &cmd, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	if (!unit_parse(&cmd))
		return EXIT_USAGE;
	cnt = (uint32_t)(argc - first);
	output_begin(&out, &cmd.output);
	for (uint32_t f = 0; f < cnt; f++) {
		files[f].options = &cmd.compare;
		status = file_read(&cmd, argv[first + (int)f], &files[f], &heads[f], out.is_ascii);
		worst = status ? status : worst;
		if (!heads[f] || files[f].units <= 0)
			goto cleanup; /* a damaged file is compared as far as it goes */
	}
	if (compare(&c, files, cnt)) {
		fprintf(stderr, "%s: no memory to compare them\n", compare_spec.command);
		worst = EXIT_FAILURE;
		goto cleanup;
	}
	print(&cmd, &out, &c, files, heads);
cleanup:
	if (!output_end(&out, compare_spec.command))
		worst = EXIT_FAILURE;
	comparison_release(&c);
	for (uint32_t f = 0; f < cnt; f++) {
		compare_file_release(&files[f]);
		free(heads[f]);
	}
	return worst;
}
