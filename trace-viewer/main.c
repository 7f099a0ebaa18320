/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree: one command to the user, a row for each of its parts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/commands.h"
#include "trace-viewer/commands.h"
#include "trace-viewer/complete.h"
#include "trace-viewer/near.h"
#include "trace-viewer/output.h"

#ifndef KVMTREE_WITH_RECORDER
static int no_recorder(int argc, char **argv)
{
	(void)argc;
	fprintf(stderr, "kvmtree %s: this kvmtree was built without the recorder: build it with "
			"`make` where clang, bpftool and libbpf are installed\n", argv[0]);
	return EXIT_FAILURE;
}
#define cmd_record no_recorder
#define cmd_doctor no_recorder
#define cmd_live no_recorder
#define RECORDER_SPEC(spec) NULL
#else
#define RECORDER_SPEC(spec) spec
#endif

#ifndef KVMTREE_WITH_CURSES
static int no_curses(int argc, char **argv)
{
	(void)argc;
	fprintf(stderr, "kvmtree %s: this kvmtree was built without ncurses: build it with `make` where "
			"libncurses-dev is installed, or use `kvmtree tree`\n", argv[0]);
	return EXIT_FAILURE;
}
#define cmd_tui no_curses
#define CURSES_SPEC(spec) NULL
#else
#define CURSES_SPEC(spec) spec
#endif

struct command {
	const char *name;
	int (*fn)(int argc, char **argv);
	const struct option_spec *spec; /* NULL: it is not in this program */
	const char *help;
};

static const struct command commands[] = {
	{ "record", cmd_record, RECORDER_SPEC(&record_spec), "run a command and record what KVM does for it" },
	{ "tree", cmd_tree, &tree_spec, "print a recording as annotated call trees" },
	{ "stat", cmd_stat, &stat_spec, "print the exit mix of a recording: counts and costs" },
	{ "compare", cmd_compare, &compare_spec, "print the exit mixes of several recordings side by side" },
	{ "diff", cmd_diff, &diff_spec, "print how the flow of two recordings differs, as one tree" },
	{ "check", cmd_check, &check_spec, "say whether a recording keeps its budget of exits" },
	{ "tui", cmd_tui, CURSES_SPEC(&tui_spec), "walk through a recording on the whole screen" },
	{ "report", cmd_report, &report_spec, "write recordings as one HTML file to look at and hand round" },
	{ "export", cmd_export, &export_spec, "write a recording as JSON, CSV, Perfetto, stacks or metrics" },
	{ "explain", cmd_explain, &explain_spec, "say what an exit, ioctl, function, port or MSR is" },
	{ "live", cmd_live, RECORDER_SPEC(&live_spec), "watch the exits of all VMs as they happen" },
	{ "doctor", cmd_doctor, RECORDER_SPEC(&doctor_spec), "say what can be traced on this machine, and what is in the way" },
};

#define COMMAND_CNT (sizeof(commands) / sizeof(commands[0]))

static void help(FILE *out)
{
	fputs("usage: kvmtree COMMAND [options] ...\n"
	      "Shows the life of a KVM virtual machine as one annotated call tree.\n\n", out);
	for (size_t i = 0; i < COMMAND_CNT; i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].help);
	fputs("\n`kvmtree COMMAND --help` lists a command's options.\n", out);
}

static int unknown(const char *name)
{
	const struct command *near = NULL;
	unsigned int least = near_limit(name) + 1;

	for (size_t i = 0; i < COMMAND_CNT; i++) {
		unsigned int d = near_distance(name, commands[i].name);

		if (d < least) {
			least = d;
			near = &commands[i];
		}
	}
	fprintf(stderr, "kvmtree: %s: no such command", name);
	if (near)
		fprintf(stderr, "; did you mean `kvmtree %s`?\n", near->name);
	else
		fprintf(stderr, "; `kvmtree --help` lists them\n");
	return EXIT_USAGE;
}

/* What may follow on a command line; the last word is being typed. scripts/completion.bash asks. */
static int complete(int cnt, char **words)
{
	for (size_t i = 0; i < COMMAND_CNT; i++) {
		if (cnt == 1 && !strncmp(commands[i].name, words[0], strlen(words[0])))
			puts(commands[i].name);
		if (cnt > 1 && commands[i].spec && !strcmp(commands[i].name, words[0]))
			complete_print(commands[i].spec, cnt - 1, words + 1);
	}
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		help(stdout);
		return output_stdout_end("kvmtree");
	}
	if (!strcmp(argv[1], "--version")) {
		puts("kvmtree " KVMTREE_VERSION);
		return output_stdout_end("kvmtree");
	}
	if (!strcmp(argv[1], "--complete"))
		return complete(argc - 2, argv + 2);
	for (size_t i = 0; i < COMMAND_CNT; i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].fn(argc - 1, argv + 1);
	return unknown(argv[1]);
}
