/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree tree: a recording as call trees. */
#include <stdlib.h>

#include "trace-viewer/commands.h"
#include "trace-viewer/input.h"
#include "trace-viewer/output.h"
#include "trace-viewer/tree_print.h"

struct tree_command {
	struct tree_options tree;
	struct filter filter;
	struct output_options output;
	bool has_folds;
};

#define AT(field) offsetof(struct tree_command, field)

static const struct option_row rows[] = {
	OPT_NO(0, "no-fold", AT(has_folds), "print every time round of every loop"),
	OPT_FLAG('e', "expand", AT(tree.has_expand), "show what is folded: its first and slowest instance"),
	OPT_NUMBER(0, "vm", AT(tree.vm), "N", 1, MODEL_VMS_MAX, "only this VM (they are numbered from 1)"),
	OPT_NUMBER(0, "vcpu", AT(tree.vcpu), "N", 0, 32766, "only this vCPU, and what belongs to none"),
	OPT_NUMBER(0, "depth", AT(tree.depth), "N", 1, 1000, "only so many levels"),
	OPT_FLAG(0, "why", AT(tree.has_why), "say more about each function"),
	OPT_FLAG(0, "all", AT(tree.has_missing), "list the functions that could not be traced, and why"),
	OPT_END,
};

const struct option_spec tree_spec = {
	.command = "kvmtree tree",
	.usage = "[options] FILE",
	.about = "Prints the life of every VM in a recording as one annotated call tree.",
	.rows = rows,
	.groups = { { filter_rows, AT(filter) }, { output_rows, AT(output) } },
	.args_min = 1,
	.args_max = 1,
};

int cmd_tree(int argc, char **argv)
{
	struct tree_command cmd = { .tree.vcpu = -1, .has_folds = true };
	struct output out;
	struct input in;
	int first, status;
	bool is_written;

	if (options_parse(&tree_spec, &cmd, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	if (!filter_check(&cmd.filter, tree_spec.command))
		return EXIT_USAGE;
	if (input_read_filtered(&in, tree_spec.command, argv[first],
				cmd.has_folds ? MODEL_FOLDED : MODEL_WHOLE, &cmd.filter))
		return EXIT_FAILURE;
	if (!input_has_vm(&in, cmd.tree.vm)) {
		input_release(&in);
		return EXIT_USAGE;
	}
	output_begin(&out, &cmd.output);
	tree_print(&out, in.model, &cmd.tree);
	is_written = output_end(&out, tree_spec.command);
	status = input_end(&in);
	return is_written ? status : EXIT_FAILURE;
}
