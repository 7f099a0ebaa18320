/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* ncurses, begun the same way by all that draw. */
#include "trace-viewer/screen.h"

#include <errno.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has_colours(void)
{
	const char *no_color = getenv("NO_COLOR");

	return has_colors() && !(no_color && *no_color);
}

bool screen_begin(const char *command)
{
	const char *term = getenv("TERM");
	FILE *keys = isatty(STDIN_FILENO) ? stdin : fopen("/dev/tty", "re");

	if (!keys) {
		fprintf(stderr, "%s: the keyboard: /dev/tty: %s; run it in a terminal\n", command,
			strerror(errno));
		return false;
	}
	if (!newterm(NULL, stdout, keys)) {
		fprintf(stderr, "%s: the screen: no terminal of type '%s' is known; set TERM to one that is, "
			"or use `kvmtree tree`\n", command, term ? term : "");
		return false;
	}
	set_escdelay(25);
	raw();
	noecho();
	keypad(stdscr, TRUE);
	curs_set(0);
	if (!has_colours())
		return true;
	start_color();
	use_default_colors();
	for (short colour = COLOR_RED; colour <= COLOR_CYAN; colour++)
		init_pair(colour, colour, -1);
	return true;
}

void screen_end(void)
{
	endwin();
}

int screen_style(enum style style)
{
	static const struct { short pair; attr_t more; } looks[STYLE_CNT] = {
		[STYLE_HEAD] = { 0, A_BOLD },	    [STYLE_VMM] = { COLOR_GREEN, 0 },
		[STYLE_IOCTL] = { COLOR_YELLOW, 0 }, [STYLE_KVM] = { COLOR_CYAN, 0 },
		[STYLE_VENDOR] = { COLOR_MAGENTA, 0 }, [STYLE_GUEST] = { COLOR_BLUE, A_BOLD },
		[STYLE_EXIT] = { COLOR_RED, 0 },    [STYLE_FOLD] = { 0, A_BOLD },
		[STYLE_DIM] = { 0, A_DIM },	    [STYLE_BAD] = { COLOR_RED, A_BOLD },
	};

	return (int)(COLOR_PAIR(looks[style].pair) | looks[style].more);
}
