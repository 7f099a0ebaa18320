/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree stat: the exit mix of a recording. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/commands.h"
#include "trace-viewer/input.h"
#include "trace-viewer/options.h"
#include "trace-viewer/output.h"
#include "trace-viewer/stat_print.h"

struct stat_command {
	struct stat_options stat;
	struct output_options output;
};

#define AT(field) offsetof(struct stat_command, field)

static const struct option_row rows[] = {
	{ 0, "vm", OPTION_LONG, AT(stat.vm), "N", "only this VM (they are numbered from 1)", NULL, 1, MODEL_VMS_MAX },
	{ 0, "vcpu", OPTION_LONG, AT(stat.vcpu), "N", "only this vCPU", NULL, 0, 32766 },
	{ 'w', "width", OPTION_LONG, AT(output.width), "N", "columns (default: the terminal, $COLUMNS, 120)", NULL, 60, 400 },
	{ 0, "ascii", OPTION_FLAG, AT(output.is_ascii), NULL, "write with ASCII only", NULL, 0, 0 },
	{ 0, "color", OPTION_CHOICE, AT(output.color), "WHEN", "use colour", "auto|always|never", 0, 0 },
	{ 0, "no-pager", OPTION_FLAG, AT(output.no_pager), NULL, "never start a pager", NULL, 0, 0 },
	{ 0, NULL, OPTION_FLAG, 0, NULL, NULL, NULL, 0, 0 },
};

static const struct option_spec spec = {
	.command = "kvmtree stat",
	.usage = "[options] FILE",
	.about = "Prints why the guests of a recording exited, how often, and what it cost.",
	.rows = rows,
	.args_min = 1,
	.args_max = 1,
};

int cmd_stat(int argc, char **argv)
{
	struct stat_command cmd = { .stat.vcpu = -1 };
	struct output out;
	struct input in;
	int first, status, err;

	if (options_parse(&spec, &cmd, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	if (input_read(&in, spec.command, argv[first], true))
		return EXIT_FAILURE;
	if (!input_has_vm(&in, spec.command, cmd.stat.vm)) {
		input_release(&in);
		return EXIT_USAGE;
	}
	output_begin(&out, &cmd.output);
	stat_print(&out, in.model, &cmd.stat);
	err = output_end(&out);
	if (err)
		fprintf(stderr, "%s: standard output: %s\n", spec.command, strerror(-err));
	status = input_verdict(&in, spec.command, argv[first]);
	input_release(&in);
	return err ? EXIT_FAILURE : status;
}
