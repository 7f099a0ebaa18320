/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree doctor: says, before anything is attached, what a recording would see here. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include "bpf/commands.h"
#include "bpf/doctor_checks.h"
#include "bpf/plan.h"
#include "trace-viewer/options.h"
#include "trace-viewer/output.h"

struct doctor_command {
	struct output_options output;
};

static const struct option_row rows[] = {
	OPT_END,
};

const struct option_spec doctor_spec = {
	.command = "kvmtree doctor",
	.usage = "[options]",
	.about = "Says whether this machine can be recorded on, what to do where it cannot, and\n"
		 "how each function of the walk would be seen: by which rung of the probe ladder,\n"
		 "inlined by the compiler, or missing, and why. Attaches nothing.\n\n"
		 "Exit status: 0 if `kvmtree record` can work here, 1 if not.",
	.rows = rows,
	.groups = { { output_rows, offsetof(struct doctor_command, output) } },
};

/* Returns whether a recording can work as far as this is known. */
static bool checks_print(const struct output *out)
{
	static const char *const states[] = {
		[CHECK_OK] = "ok", [CHECK_POOR] = "poor", [CHECK_BAD] = "NO",
	};
	bool is_fit = true;
	char text[512];

	for (size_t i = 0; i < doctor_check_cnt; i++) {
		enum check_result result = doctor_checks[i].look(text, sizeof(text));

		plan_line(out, states[result], doctor_checks[i].name, text);
		is_fit = is_fit && result != CHECK_BAD;
	}
	return is_fit;
}

static bool doctor(const struct output *out)
{
	struct plan_options options = { 0 };
	struct utsname uts;
	struct plan plan;
	char why[512] = "";
	bool is_fit, is_planned;

	uname(&uts);
	fprintf(out->file, "kvmtree doctor: Linux %s, %s\n\n", uts.release, uts.machine);
	is_fit = checks_print(out);
	is_planned = !plan_make(&plan, &options, why, sizeof(why));
	/* one complaint for one thing */
	if (is_planned || is_fit)
		plan_line(out, is_planned ? "ok" : "NO", "kernel", is_planned ?
			  "its BTF and the tracepoints of kvm can be read" : why);
	if (is_planned) {
		plan_line(out, "ok", "vendor", plan.vendor);
		plan_line(out, *plan.why_no_functions ? "poor" : "ok", "functions",
			  *plan.why_no_functions ? plan.why_no_functions : "can be traced");
		plan_print(&plan, out);
	}
	plan_release(&plan);
	return is_fit && is_planned;
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor_command cmd = { 0 };
	struct output out;
	int first, status;
	bool is_fit;

	if (options_parse(&doctor_spec, &cmd, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	output_begin(&out, &cmd.output);
	is_fit = doctor(&out);
	return output_end(&out, doctor_spec.command) && is_fit ? EXIT_SUCCESS : EXIT_FAILURE;
}
