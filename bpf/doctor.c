/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree doctor: says, before anything is attached, what a recording would see here. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bpf/commands.h"
#include "bpf/control.h"
#include "bpf/environment.h"
#include "bpf/plan.h"
#include "trace-viewer/options.h"
#include "trace-viewer/text.h"

static const struct option_row rows[] = {
	OPT_END,
};

const struct option_spec doctor_spec = {
	.command = "kvmtree doctor",
	.usage = "",
	.about = "Says whether this machine can be recorded on, and how each function of the walk\n"
		 "would be seen: traced by fentry, inlined by the compiler, or missing, and why.\n"
		 "Attaches nothing. Exit status: 0 if `kvmtree record` can work here, 1 if not.",
	.rows = rows,
};

/* A sentence, broken so that it fits a terminal of 80 columns, `indent` in from the left. */
static void wrap(const char *text, int indent)
{
	const char *rest = text;

	while (*text) {
		size_t n = text_break(text, 80 - (size_t)indent, &rest);

		printf("%.*s\n%*s", (int)n, text, *rest ? indent : 0, "");
		text = rest;
	}
}

static void line(bool is_good, const char *what, const char *text)
{
	printf("  %-4s %-12s ", is_good ? "ok" : "NO", what);
	wrap(text, 20);
}

int cmd_doctor(int argc, char **argv)
{
	char why[512] = "";
	struct plan_options options = { 0 };
	struct utsname uts;
	struct plan plan;
	bool is_fit, is_planned;
	int first, status;

	if (options_parse(&doctor_spec, NULL, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	uname(&uts);
	printf("kvmtree doctor: Linux %s, %s\n\n", uts.release, uts.machine);
	is_fit = !environment_check(why, sizeof(why));
	line(is_fit, "privileges", is_fit ? "KVM is here, and eBPF may be used" : why);
	is_planned = !plan_make(&plan, &options, why, sizeof(why));
	line(is_planned, "kernel", is_planned ? "BTF, tracefs and the symbol table can be read" : why);
	if (is_planned) {
		line(true, "vendor", plan.vendor);
		line(!*plan.why_no_functions, "functions", *plan.why_no_functions ? plan.why_no_functions :
		     "can be traced");
		plan_print(&plan);
	}
	plan_release(&plan);
	return is_fit && is_planned ? 0 : 1;
}
