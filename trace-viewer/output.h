/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Where printed lines go, and what that place can show: width, glyphs, colours, a pager. */
#ifndef KVMTREE_OUTPUT_H
#define KVMTREE_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "trace-viewer/options.h"
#include "trace-viewer/text.h"

enum style {
	STYLE_PLAIN,
	STYLE_HEAD,
	STYLE_VMM,
	STYLE_IOCTL,
	STYLE_KVM,
	STYLE_VENDOR,
	STYLE_GUEST,
	STYLE_EXIT,
	STYLE_FOLD,
	STYLE_DIM,
	STYLE_BAD,
	STYLE_CNT,
};

struct output {
	FILE *file;
	unsigned int width;
	bool is_ascii, has_colour;
	bool has_pager;
};

/* What the options say; zero and NULL: decide by the terminal, locale and environment. */
struct output_options {
	long width;
	bool is_ascii;
	const char *color; /* auto always never */
	bool no_pager;
};

/* The options of every command that prints for people: a group of its option_spec. */
extern const struct option_row output_rows[];

/* Will output be ASCII only? It may be asked before output_begin(). */
bool output_is_ascii(const struct output_options *options);

/* Standard output; begins a pager when that is a terminal. */
void output_begin(struct output *out, const struct output_options *options);
/* Waits for the pager. False: not all could be written, and that was said in command's name. */
bool output_end(struct output *out, const char *command);
/* The same of what was printed to standard output without any of this, a help or a version: the exit status. */
int output_stdout_end(const char *command);

/* Writes text, in a style where colours are on. */
void output_put(const struct output *out, enum style style, const char *text);

/* Writes text as lines that fit, each ended. */
void output_lines(const struct output *out, enum style style, const char *text);

/* The glyph of this output. */
enum glyph { GLYPH_TEE, GLYPH_LAST, GLYPH_BAR, GLYPH_GUEST, GLYPH_EXIT, GLYPH_TIMES, GLYPH_ARROW,
	     GLYPH_DOTS, GLYPH_AT_LEAST, GLYPH_LOST, GLYPH_END, GLYPH_WROTE, GLYPH_NOTE, GLYPH_CNT };
const char *glyph(bool is_ascii, enum glyph which);

#endif
