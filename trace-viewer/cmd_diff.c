/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree diff: two recordings' flows as one tree. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/commands.h"
#include "trace-viewer/diff_print.h"
#include "trace-viewer/input.h"
#include "trace-viewer/output.h"
#include "trace-viewer/summary.h"
#include "trace-viewer/text.h"
#include "trace-viewer/walk_path.h"

#define STATUS_TROUBLE 2 /* as diff(1): 0 the same, 1 they differ, 2 trouble */

struct diff_command {
	struct flow_options flow;
	struct output_options output;
	const char *layer;
	bool has_all;
};

#define AT(field) offsetof(struct diff_command, field)

static const struct option_row rows[] = {
	OPT_CHOICE(0, "path", AT(flow.path), "PART", WALK_PATHS, "only this part of the walk"),
	OPT_CHOICE(0, "layer", AT(layer), "WHICH", "auto|kernel|all",
		   "leave the VMM's own functions out, or not; auto: when one recording has none"),
	OPT_NUMBER(0, "vm", AT(flow.vm), "N", 1, MODEL_VMS_MAX, "only this VM of both (they are numbered from 1)"),
	OPT_FLAG('a', "all", AT(has_all), "show what is the same, too"),
	OPT_END,
};

const struct option_spec diff_spec = {
	.command = "kvmtree diff",
	.usage = "[options] A B",
	.about = "Prints how the flow of recording B differs from that of A, as one tree: what\n"
		 "came, what went, what moved, and what has another name but is the same\n"
		 "concept. Times, values, addresses, interrupts of the host, and how often a loop\n"
		 "goes round are no difference.\n\n"
		 "Exit status: 0 the same; 1 they differ; 2 trouble.",
	.rows = rows,
	.groups = { { output_rows, AT(output) } },
	.args_min = 2,
	.args_max = 2,
};

static bool side_read(struct input *in, const struct diff_command *cmd, const char *path)
{
	if (input_read(in, diff_spec.command, path, MODEL_FOLDED, NULL))
		return false;
	if (input_has_vm(in, cmd->flow.vm))
		return true;
	input_release(in);
	return false;
}

static void print_head(const struct output *out, const struct input *in)
{
	struct text path;

	for (int i = 0; i < 2; i++) {
		text_clear(&path);
		text_add(&path, "%s", in[i].path);
		text_make_safe(path.at);
		text_fit(&path, out->width - 5, out->is_ascii);
		output_put(out, i ? STYLE_GUEST : STYLE_BAD, i ? "+ B  " : "- A  ");
		output_put(out, STYLE_HEAD, path.at);
		output_put(out, STYLE_PLAIN, "\n");
		summary_print_head(out, in[i].model);
	}
	output_put(out, STYLE_PLAIN, "\n");
}

/* Leaves the VMM's functions out where only one side has any. */
static void layer_choose(struct diff_command *cmd, const struct output *out, const struct input *in)
{
	bool has_a = flow_has_vmm(in[0].model), has_b = flow_has_vmm(in[1].model);

	cmd->flow.has_no_vmm = cmd->layer && !strcmp(cmd->layer, "kernel");
	if (has_a == has_b || (cmd->layer && strcmp(cmd->layer, "auto")))
		return;
	cmd->flow.has_no_vmm = true;
	output_put(out, STYLE_DIM, "the VMM's own functions are in ");
	output_put(out, STYLE_DIM, has_a ? "A" : "B");
	output_put(out, STYLE_DIM, " alone, and left out\n\n");
}

static int compare(struct diff_command *cmd, const struct output *out, const struct input *in)
{
	int status = STATUS_TROUBLE;
	struct diff_sums sums;
	struct flow *a, *b;

	print_head(out, in);
	layer_choose(cmd, out, in);
	a = flow_new(in[0].model, &cmd->flow);
	b = flow_new(in[1].model, &cmd->flow);
	if (a && b && !diff_match(a, b, &sums) && !diff_print(out, a, b, &sums, cmd->has_all))
		status = diff_differ(&sums);
	else
		fprintf(stderr, "%s: comparing: no memory; --path or --vm takes a smaller part\n",
			diff_spec.command);
	flow_free(a);
	flow_free(b);
	for (int i = 0; i < 2; i++)
		summary_print_notes(out, in[i].model);
	return status;
}

int cmd_diff(int argc, char **argv)
{
	struct diff_command cmd = { .has_all = false };
	struct output out;
	struct input in[2];
	int first, status;

	if (options_parse(&diff_spec, &cmd, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	if (!side_read(&in[0], &cmd, argv[first]))
		return STATUS_TROUBLE;
	if (!side_read(&in[1], &cmd, argv[first + 1])) {
		input_release(&in[0]);
		return STATUS_TROUBLE;
	}
	output_begin(&out, &cmd.output);
	status = compare(&cmd, &out, in);
	if (!output_end(&out, diff_spec.command))
		status = STATUS_TROUBLE;
	for (int i = 0; i < 2; i++)
		if (input_end(&in[i]))
			status = STATUS_TROUBLE;
	return status;
}
