/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree tree: a recording as call trees. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/commands.h"
#include "trace-viewer/input.h"
#include "trace-viewer/options.h"
#include "trace-viewer/output.h"
#include "trace-viewer/tree_print.h"

struct tree_command {
	struct tree_options tree;
	struct output_options output;
	bool has_folds;
};

#define AT(field) offsetof(struct tree_command, field)

static const struct option_row rows[] = {
	{ 0, "no-fold", OPTION_NO, AT(has_folds), NULL, "print every time round of every loop", NULL, 0, 0 },
	{ 'e', "expand", OPTION_FLAG, AT(tree.has_expand), NULL, "show what is folded: its first and slowest instance", NULL, 0, 0 },
	{ 0, "vm", OPTION_LONG, AT(tree.vm), "N", "only this VM (they are numbered from 1)", NULL, 1, MODEL_VMS_MAX },
	{ 0, "vcpu", OPTION_LONG, AT(tree.vcpu), "N", "only this vCPU, and what belongs to none", NULL, 0, 32766 },
	{ 0, "depth", OPTION_LONG, AT(tree.depth), "N", "only so many levels", NULL, 1, 1000 },
	{ 0, "why", OPTION_FLAG, AT(tree.has_why), NULL, "say more about each function", NULL, 0, 0 },
	{ 0, "all", OPTION_FLAG, AT(tree.has_missing), NULL, "list the functions that could not be traced, and why", NULL, 0, 0 },
	{ 'w', "width", OPTION_LONG, AT(output.width), "N", "columns (default: the terminal, $COLUMNS, 120)", NULL, 60, 400 },
	{ 0, "ascii", OPTION_FLAG, AT(output.is_ascii), NULL, "draw with ASCII only", NULL, 0, 0 },
	{ 0, "color", OPTION_CHOICE, AT(output.color), "WHEN", "colour by layer", "auto|always|never", 0, 0 },
	{ 0, "no-pager", OPTION_FLAG, AT(output.no_pager), NULL, "never start a pager", NULL, 0, 0 },
	{ 0, NULL, OPTION_FLAG, 0, NULL, NULL, NULL, 0, 0 },
};

static const struct option_spec spec = {
	.command = "kvmtree tree",
	.usage = "[options] FILE",
	.about = "Prints the life of every VM in a recording as one annotated call tree.",
	.rows = rows,
	.args_min = 1,
	.args_max = 1,
};

int cmd_tree(int argc, char **argv)
{
	struct tree_command cmd = { .tree.vcpu = -1, .has_folds = true };
	struct output out;
	struct input in;
	int first, status, err;

	if (options_parse(&spec, &cmd, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	if (input_read(&in, spec.command, argv[first], cmd.has_folds))
		return EXIT_FAILURE;
	if (!input_has_vm(&in, spec.command, cmd.tree.vm)) {
		input_release(&in);
		return EXIT_USAGE;
	}
	output_begin(&out, &cmd.output);
	tree_print(&out, in.model, &cmd.tree);
	err = output_end(&out);
	if (err)
		fprintf(stderr, "%s: standard output: %s\n", spec.command, strerror(-err));
	status = input_verdict(&in, spec.command, argv[first]);
	input_release(&in);
	return err ? EXIT_FAILURE : status;
}
