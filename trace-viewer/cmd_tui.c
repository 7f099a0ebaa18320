/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree tui: a recording on the whole screen. */
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace-viewer/commands.h"
#include "trace-viewer/input.h"
#include "trace-viewer/options.h"
#include "trace-viewer/screen.h"
#include "trace-viewer/stat.h"
#include "trace-viewer/symbol_options.h"
#include "trace-viewer/tui.h"

struct tui_command {
	bool is_ascii;
	struct symbol_options symbols;
};

static const struct option_row rows[] = {
	OPT_FLAG(0, "ascii", offsetof(struct tui_command, is_ascii), "draw with ASCII only"),
	OPT_END,
};

const struct option_spec tui_spec = {
	.command = "kvmtree tui",
	.usage = "[options] FILE",
	.about = "Walks through a recording on the whole screen; the key ? lists the keys.",
	.rows = rows,
	.groups = { { symbol_rows, offsetof(struct tui_command, symbols) } },
	.args_min = 1,
	.args_max = 1,
};

static void run(struct tui *tui)
{
	while (!tui->is_ended) {
		int key;

		tui_draw(tui);
		key = getch();
		if (key == ERR || key == 3) /* the terminal is gone, or Ctrl-C */
			break;
		if (key != KEY_RESIZE)
			tui_key(tui, key);
		else if (tui->view == TUI_MIX)
			tui_page_mix(tui, tui_selected(tui));
	}
}

static int show(struct input *in, const struct exit_stat *stat, const char *path, bool is_ascii)
{
	struct tui tui;
	int status = EXIT_FAILURE;

	if (!tui_begin(&tui, in->model, path)) {
		fprintf(stderr, "%s: %s: no memory for its rows; use `kvmtree tree`\n", tui_spec.command, path);
		tui_release(&tui);
		return status;
	}
	tui.stat = stat;
	tui.is_ascii = is_ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	if (screen_begin(tui_spec.command)) {
		run(&tui);
		screen_end();
		status = EXIT_SUCCESS;
	}
	tui_release(&tui);
	return status;
}

static int walk(const struct tui_command *cmd, const char *path)
{
	struct exit_stat *stat = exit_stat_new(&(struct stat_options){ .vcpu = -1 });
	struct observer observer;
	struct input in;
	int status;

	if (!stat) {
		fprintf(stderr, "%s: counting exits: no memory; use `kvmtree tree`\n", tui_spec.command);
		return EXIT_FAILURE;
	}
	observer = exit_stat_observer(stat);
	if (input_read(&in, tui_spec.command, path, MODEL_FOLDED, &observer)) {
		exit_stat_free(stat);
		return EXIT_FAILURE;
	}
	status = show(&in, stat, path, cmd->is_ascii);
	exit_stat_free(stat);
	if (!status)
		return input_end(&in);
	input_release(&in);
	return status;
}

int cmd_tui(int argc, char **argv)
{
	struct tui_command cmd = { 0 };
	int first, status;

	if (options_parse(&tui_spec, &cmd, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	setlocale(LC_CTYPE, "");
	if (!isatty(STDOUT_FILENO)) {
		fprintf(stderr, "%s: the screen: standard output is no terminal; "
			"use `kvmtree tree` to print\n", tui_spec.command);
		return EXIT_FAILURE;
	}
	if (!symbol_options_begin(&cmd.symbols, tui_spec.command))
		return EXIT_FAILURE;
	status = walk(&cmd, argv[first]);
	symbol_options_end(&cmd.symbols);
	return status;
}
