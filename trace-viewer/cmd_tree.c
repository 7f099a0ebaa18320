/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree tree: a recording as call trees. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/commands.h"
#include "trace-viewer/input.h"
#include "trace-viewer/output.h"
#include "trace-viewer/symbol_options.h"
#include "trace-viewer/tree_print.h"
#include "trace-viewer/tree_stream.h"
#include "trace-viewer/tree_text.h"

struct tree_command {
	struct tree_options tree;
	struct filter filter;
	struct output_options output;
	struct symbol_options symbols;
	bool has_folds;
};

#define AT(field) offsetof(struct tree_command, field)

static const struct option_row rows[] = {
	OPT_NO(0, "no-fold", AT(has_folds), "print every time round of every loop"),
	OPT_FLAG('e', "expand", AT(tree.has_expand), "show what is folded: its first and slowest instance"),
	OPT_NUMBER(0, "vm", AT(tree.vm), "N", 1, MODEL_VMS_MAX, "only this VM (they are numbered from 1)"),
	OPT_NUMBER(0, "vcpu", AT(tree.vcpu), "N", 0, 32766, "only this vCPU, and what belongs to none"),
	OPT_NUMBER(0, "depth", AT(tree.depth), "N", 1, 1000, "only so many levels"),
	OPT_FLAG(0, "why", AT(tree.has_why), "say below each line why it is there, who serves it, where it is specified"),
	OPT_FLAG(0, "legend", AT(tree.has_legend), "say what signs, letters and colours mean"),
	OPT_FLAG(0, "all", AT(tree.has_missing), "list the functions that could not be traced, and why"),
	OPT_END,
};

const struct option_spec tree_spec = {
	.command = "kvmtree tree",
	.usage = "[options] FILE",
	.about = "Prints the life of every VM in a recording as one annotated call tree.",
	.rows = rows,
	.groups = { { symbol_rows, AT(symbols) }, { filter_rows, AT(filter) }, { output_rows, AT(output) } },
	.args_min = 1,
	.args_max = 1,
};

/* Prints what was read; the exit status. */
static int finish(struct tree_command *cmd, struct input *in, struct tree_stream *stream)
{
	struct output out;
	int status, err = 0;
	bool is_written;

	if (!input_has_vm(in, cmd->tree.vm)) {
		input_release(in);
		return EXIT_USAGE;
	}
	output_begin(&out, &cmd->output);
	if (stream)
		err = tree_stream_print(stream, &out, in->model, &cmd->tree);
	else
		tree_print(&out, in->model, &cmd->tree);
	is_written = output_end(&out, tree_spec.command);
	if (err)
		fprintf(stderr, "%s: the temporary file: %s: the tree is not whole; set TMPDIR to a "
				"directory with more room\n", tree_spec.command, strerror(-err));
	status = input_end(in);
	return is_written && !err ? status : EXIT_FAILURE;
}

/* Every time round of every loop: more than fits into memory, perhaps. */
static int run_whole(struct tree_command *cmd, const char *path)
{
	struct tree_stream *stream = tree_stream_new(&cmd->tree, output_is_ascii(&cmd->output),
						     TREE_STREAM_LIVE_MAX);
	int status = EXIT_FAILURE;
	struct input in;

	if (!stream)
		fprintf(stderr, "%s: %s: no memory to read it\n", tree_spec.command, path);
	else if (!input_read_filtered(&in, tree_spec.command, path, MODEL_WHOLE, &cmd->filter,
				      tree_stream_sink(stream)))
		status = finish(cmd, &in, stream);
	tree_stream_free(stream);
	return status;
}

static int run_folded(struct tree_command *cmd, const char *path)
{
	struct input in;

	if (input_read_filtered(&in, tree_spec.command, path, MODEL_FOLDED, &cmd->filter, NULL))
		return EXIT_FAILURE;
	return finish(cmd, &in, NULL);
}

int cmd_tree(int argc, char **argv)
{
	struct tree_command cmd = { .tree.vcpu = -1, .has_folds = true };
	int first, status;

	if (options_parse(&tree_spec, &cmd, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	if (!filter_check(&cmd.filter, tree_spec.command))
		return EXIT_USAGE;
	if (!symbol_options_begin(&cmd.symbols, tree_spec.command))
		return EXIT_FAILURE;
	status = cmd.has_folds ? run_folded(&cmd, argv[first]) : run_whole(&cmd, argv[first]);
	symbol_options_end(&cmd.symbols);
	return status;
}
