/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Standard output as a terminal, a pager or a file. */
#include "trace-viewer/output.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_MIN     40
#define WIDTH_MAX     400
#define WIDTH_DEFAULT 120
#define BUFFER_SZ     (256u << 10)

static const char *const glyphs[GLYPH_CNT][2] = {
	[GLYPH_TEE] = { "├─ ", "|- " },	 [GLYPH_LAST] = { "└─ ", "`- " },
	[GLYPH_BAR] = { "│  ", "|  " },	 [GLYPH_GUEST] = { "▶", ">" },
	[GLYPH_EXIT] = { "◀", "<" },	 [GLYPH_TIMES] = { "×", "x" },
	[GLYPH_ARROW] = { "→", "->" },	 [GLYPH_DOTS] = { "┄", "." },
	[GLYPH_AT_LEAST] = { "≥ ", ">=" }, [GLYPH_LOST] = { "‼", "!!" }, [GLYPH_NOTE] = { "·", "." },
	[GLYPH_END] = { "■", "#" },	 [GLYPH_WROTE] = { "←", "<-" },
};

#define AT(field) offsetof(struct output_options, field)

const struct option_row output_rows[] = {
	OPT_NUMBER('w', "width", AT(width), "N", WIDTH_MIN, WIDTH_MAX, "columns (default: the terminal's, $COLUMNS, 120)"),
	OPT_FLAG(0, "ascii", AT(is_ascii), "draw with ASCII only"),
	OPT_CHOICE(0, "color", AT(color), "WHEN", "auto|always|never", "use colour"),
	OPT_FLAG(0, "no-pager", AT(no_pager), "never start a pager"),
	OPT_END,
};

const char *glyph(bool is_ascii, enum glyph which)
{
	return glyphs[which][is_ascii];
}

static const char *const colours[STYLE_CNT] = {
	[STYLE_PLAIN] = "",	   [STYLE_HEAD] = "\033[1m",	 [STYLE_VMM] = "\033[32m",
	[STYLE_IOCTL] = "\033[33m", [STYLE_KVM] = "\033[36m",	 [STYLE_VENDOR] = "\033[35m",
	[STYLE_GUEST] = "\033[1;34m", [STYLE_EXIT] = "\033[31m", [STYLE_FOLD] = "\033[1m",
	[STYLE_DIM] = "\033[2m",   [STYLE_BAD] = "\033[1;31m",
};

static unsigned int width_find(long wanted, bool is_terminal)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	long width = wanted;

	if (!width && is_terminal && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		width = size.ws_col;
	if (!width && columns)
		width = strtol(columns, NULL, 10);
	if (width <= 0)
		width = WIDTH_DEFAULT;
	return (unsigned int)(width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width);
}

static bool is_colour_wanted(const char *color, bool is_terminal)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (color && !strcmp(color, "always"))
		return true;
	if (color && !strcmp(color, "never"))
		return false;
	return is_terminal && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

static void pager_begin(struct output *out)
{
	const char *pager = getenv("KVMTREE_PAGER");
	FILE *pipe;

	if (!pager)
		pager = getenv("PAGER");
	if (!pager)
		pager = "less";
	if (!*pager || !strcmp(pager, "cat"))
		return;
	setenv("LESS", "FRXS", 0);
	setenv("LESSCHARSET", out->is_ascii ? "ascii" : "utf-8", 0);
	pipe = popen(pager, "w");
	if (!pipe)
		return;
	out->file = pipe;
	out->has_pager = true;
}

bool output_is_ascii(const struct output_options *options)
{
	setlocale(LC_CTYPE, "");
	return options->is_ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

void output_begin(struct output *out, const struct output_options *options)
{
	bool is_terminal = isatty(STDOUT_FILENO);

	memset(out, 0, sizeof(*out));
	out->file = stdout;
	out->width = width_find(options->width, is_terminal);
	out->is_ascii = output_is_ascii(options);
	out->has_colour = is_colour_wanted(options->color, is_terminal);
	if (is_terminal && !options->no_pager)
		pager_begin(out);
	if (!is_terminal)
		setvbuf(stdout, NULL, _IOFBF, BUFFER_SZ);
}

bool output_end(struct output *out, const char *command)
{
	int err = ferror(out->file) || fflush(out->file) ? errno : 0;

	if (out->has_pager)
		pclose(out->file);
	/* whoever reads us has seen enough */
	if (!err || err == EPIPE || out->has_pager)
		return true;
	fprintf(stderr, "%s: standard output: cannot be written: %s; what was printed is not whole\n",
		command, strerror(err));
	return false;
}

int output_stdout_end(const char *command)
{
	struct output out = { .file = stdout };

	return output_end(&out, command) ? EXIT_SUCCESS : EXIT_FAILURE;
}

void output_put(const struct output *out, enum style style, const char *text)
{
	if (out->has_colour && style != STYLE_PLAIN && *text)
		fprintf(out->file, "%s%s\033[0m", colours[style], text);
	else
		fputs(text, out->file);
}

void output_lines(const struct output *out, enum style style, const char *text)
{
	while (*text) {
		const char *rest;
		size_t n = text_break(text, out->width, &rest);
		struct text t;

		text_clear(&t);
		text_add(&t, "%.*s", (int)n, text);
		output_put(out, style, t.at);
		output_put(out, STYLE_PLAIN, "\n");
		text = rest;
	}
}
