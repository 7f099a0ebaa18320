/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree check: does a recording keep its budget of exits? */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/check_print.h"
#include "trace-viewer/commands.h"
#include "trace-viewer/input.h"
#include "trace-viewer/output.h"

struct check_command {
	struct check_options check;
	struct output_options output;
	const char *junit;
	bool is_quiet;
};

#define AT(field) offsetof(struct check_command, field)

static const struct option_row rows[] = {
	OPT_LIST('m', "max", AT(check.max), "KEY=N", "at most N exits of KEY: HLT=100, memory=5000, io:0x3f8=100"),
	OPT_STRING('t', "max-total", AT(check.max_total), "N", "at most N exits in all"),
	OPT_LIST(0, "p50", AT(check.p50), "KEY<TIME", "half of the exits of KEY are served in less than TIME"),
	OPT_LIST(0, "p99", AT(check.p99), "KEY<TIME", "99 of 100 are: 'HLT<1ms'"),
	OPT_STRING('b', "baseline", AT(check.baseline), "FILE", "no more exits of any concept than in this recording; "
		   "interrupts of the host are let pass"),
	OPT_STRING(0, "tolerance", AT(check.tolerance), "P%", "than in the baseline and so many per cent more"),
	OPT_NUMBER(0, "slack", AT(check.slack), "N", 0, 1000000000, "and another N"),
	OPT_NUMBER(0, "vm", AT(check.vm), "N", 1, MODEL_VMS_MAX, "only this VM (they are numbered from 1)"),
	OPT_FLAG(0, "allow-loss", AT(check.has_loss), "judge a recording that lost records, or is torn, all the same"),
	OPT_STRING('j', "junit", AT(junit), "FILE", "write a JUnit XML report to FILE"),
	OPT_FLAG('q', "quiet", AT(is_quiet), "print nothing; the exit status says it"),
	OPT_END,
};

const struct option_spec check_spec = {
	.command = "kvmtree check",
	.usage = "[options] FILE",
	.about = "Says whether a recording keeps its budget of exits: what broke it, and by how\n"
		 "much. KEY is an exit reason (HLT, npf), a concept of both vendors (halt,\n"
		 "memory), a KVM_EXIT_*, or KIND:VALUE, where the kinds are those of\n"
		 "`kvmtree stat --by` (io:0x3f8, msr:0x1b, device:COM1).\n\n"
		 "Exit status: 0 kept; 1 broken, or the recording cannot be read; 2 usage error.",
	.rows = rows,
	.groups = { { output_rows, AT(output) } },
	.args_min = 1,
	.args_max = 1,
};

/* Reads the baseline down to its counts, and makes budgets of them. Returns the exit status. */
static int baseline_take(struct check *check)
{
	struct compare_options options = { .by = BY_CONCEPT, .unit = PER_EXIT, .vm = check->options.vm };
	struct compare_file file = { .options = &options };
	struct observer observer = compare_observer(&file);
	struct input in;
	int err;

	if (!check->options.baseline)
		return EXIT_SUCCESS;
	if (input_read(&in, check_spec.command, check->options.baseline, MODEL_FACTS, &observer))
		return EXIT_FAILURE;
	err = compare_file_finish(&file);
	if (!err)
		err = check_baseline(check, &file);
	if (err)
		fprintf(stderr, "%s: %s: no memory for its budgets\n", check_spec.command, check->options.baseline);
	compare_file_release(&file);
	return input_end(&in) || err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static bool junit_write(const struct check_command *cmd, const struct check *check, const char *path)
{
	FILE *file;
	bool is_written;

	if (!cmd->junit)
		return true;
	file = fopen(cmd->junit, "we");
	if (!file) {
		fprintf(stderr, "%s: --junit %s: cannot be written: %s; name another file\n", check_spec.command,
			cmd->junit, strerror(errno));
		return false;
	}
	check_junit(file, check, path);
	is_written = !ferror(file);
	is_written = !fclose(file) && is_written;
	if (!is_written)
		fprintf(stderr, "%s: --junit %s: could not be written whole: is the disk full?\n",
			check_spec.command, cmd->junit);
	return is_written;
}

/* All that comes after the recording was read. Returns the exit status. */
static int judge(const struct check_command *cmd, struct check *check, struct input *in)
{
	struct output out;
	bool is_written = true;
	int status = baseline_take(check);

	if (status)
		return status;
	if (check_judge(check, in->model)) {
		fprintf(stderr, "%s: %s: no memory to judge it\n", check_spec.command, in->path);
		return EXIT_FAILURE;
	}
	if (!cmd->is_quiet) {
		output_begin(&out, &cmd->output);
		check_print(&out, check);
		is_written = output_end(&out, check_spec.command);
	}
	return junit_write(cmd, check, in->path) && is_written && !check->broken_cnt ? EXIT_SUCCESS : EXIT_FAILURE;
}

int cmd_check(int argc, char **argv)
{
	struct check_command cmd = { .is_quiet = false };
	struct check check;
	struct observer observer;
	struct input in;
	char why[CHECK_WHY_MAX];
	int first, status;

	if (options_parse(&check_spec, &cmd, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	status = EXIT_USAGE;
	if (check_init(&check, &cmd.check, why)) {
		fprintf(stderr, "%s: %s\n", check_spec.command, why);
		goto cleanup;
	}
	observer = check_observer(&check);
	status = EXIT_FAILURE;
	if (input_read(&in, check_spec.command, argv[first], MODEL_FACTS, &observer))
		goto cleanup;
	status = input_has_vm(&in, check.options.vm) ? judge(&cmd, &check, &in) : EXIT_USAGE;
	if (input_end(&in) && !cmd.check.has_loss && !status)
		status = EXIT_FAILURE;
cleanup:
	check_release(&check);
	return status;
}
