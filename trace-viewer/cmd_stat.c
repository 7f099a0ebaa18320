/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree stat: the exit mix of a recording. */
#include <stdlib.h>

#include "trace-viewer/commands.h"
#include "trace-viewer/input.h"
#include "trace-viewer/output.h"
#include "trace-viewer/stat_print.h"

struct stat_command {
	struct stat_options stat;
	struct output_options output;
};

#define AT(field) offsetof(struct stat_command, field)

static const struct option_row rows[] = {
	OPT_NUMBER(0, "vm", AT(stat.vm), "N", 1, MODEL_VMS_MAX, "only this VM (they are numbered from 1)"),
	OPT_NUMBER(0, "vcpu", AT(stat.vcpu), "N", 0, 32766, "only this vCPU"),
	OPT_END,
};

const struct option_spec stat_spec = {
	.command = "kvmtree stat",
	.usage = "[options] FILE",
	.about = "Prints why the guests of a recording exited, how often, and what it cost.",
	.rows = rows,
	.groups = { { output_rows, AT(output) } },
	.args_min = 1,
	.args_max = 1,
};

int cmd_stat(int argc, char **argv)
{
	struct stat_command cmd = { .stat.vcpu = -1 };
	struct output out;
	struct input in;
	int first, status;
	bool is_written;

	if (options_parse(&stat_spec, &cmd, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	if (input_read(&in, stat_spec.command, argv[first], MODEL_FACTS, NULL))
		return EXIT_FAILURE;
	if (!input_has_vm(&in, cmd.stat.vm)) {
		input_release(&in);
		return EXIT_USAGE;
	}
	output_begin(&out, &cmd.output);
	stat_print(&out, in.model, &cmd.stat);
	is_written = output_end(&out, stat_spec.command);
	status = input_end(&in);
	return is_written ? status : EXIT_FAILURE;
}
