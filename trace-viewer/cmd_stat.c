/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree stat: the exit mix of a recording. */
#include <stdio.h>
#include <stdlib.h>

#include "trace-viewer/commands.h"
#include "trace-viewer/input.h"
#include "trace-viewer/output.h"
#include "trace-viewer/stat_print.h"
#include "trace-viewer/symbol_options.h"

struct stat_command {
	struct stat_options stat;
	struct output_options output;
	struct symbol_options symbols;
};

#define AT(field) offsetof(struct stat_command, field)

static const struct option_row rows[] = {
	OPT_CHOICE('b', "by", AT(stat.by), "KEY", EXIT_BY_CHOICES, "a row for each"),
	OPT_CHOICE('s', "sort", AT(stat.sort), "ORDER", EXIT_SORT_CHOICES, "what comes first (time)"),
	OPT_NUMBER('n', "top", AT(stat.top), "N", 1, 1000000, "only the first N rows, and the sum of the others"),
	OPT_FLAG(0, "histogram", AT(stat.has_histogram), "show how the times of each row are distributed"),
	OPT_STRING(0, "symbols", AT(symbols.file), "FILE", "--by symbol: by function of the guest, of its ELF file or "
		   "System.map (those of `record --symbols`)"),
	OPT_FLAG(0, "create", AT(stat.has_create), "show the time of the create path, step by step"),
	OPT_NUMBER(0, "vm", AT(stat.vm), "N", 1, MODEL_VMS_MAX, "only this VM (they are numbered from 1)"),
	OPT_NUMBER(0, "vcpu", AT(stat.vcpu), "N", 0, 32766, "only this vCPU"),
	OPT_END,
};

const struct option_spec stat_spec = {
	.command = "kvmtree stat",
	.usage = "[options] FILE",
	.about = "Prints why the guests of a recording exited, how often, and what it cost: the\n"
		 "time from VM exit to the next VM entry, in the kernel and in the VMM.",
	.rows = rows,
	.groups = { { output_rows, AT(output) } },
	.args_min = 1,
	.args_max = 1,
};

static int print(const struct stat_command *cmd, struct input *in, const struct exit_stat *stat)
{
	struct output out;
	bool is_written;
	int status;

	output_begin(&out, &cmd->output);
	stat_print(&out, in->model, stat);
	is_written = output_end(&out, stat_spec.command);
	status = input_end(in);
	return is_written ? status : EXIT_FAILURE;
}

int cmd_stat(int argc, char **argv)
{
	struct stat_command cmd = { .stat.vcpu = -1 };
	struct exit_stat *stat;
	struct observer observer;
	struct input in;
	int first, status;

	if (options_parse(&stat_spec, &cmd, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	if (!symbol_options_begin(&cmd.symbols, stat_spec.command))
		return EXIT_FAILURE;
	stat = exit_stat_new(&cmd.stat);
	if (!stat) {
		fprintf(stderr, "%s: counting exits: no memory\n", stat_spec.command);
		symbol_options_end(&cmd.symbols);
		return EXIT_FAILURE;
	}
	observer = exit_stat_observer(stat);
	if (input_read(&in, stat_spec.command, argv[first], MODEL_FACTS, &observer)) {
		status = EXIT_FAILURE;
	} else if (!input_has_vm(&in, cmd.stat.vm)) {
		input_release(&in);
		status = EXIT_USAGE;
	} else {
		status = print(&cmd, &in, stat);
	}
	exit_stat_free(stat);
	symbol_options_end(&cmd.symbols);
	return status;
}
