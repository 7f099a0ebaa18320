/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Rows printed into their columns: the call first, then its meaning, which may take several lines. */
#include "trace-viewer/tree_layout.h"

#include <string.h>

#define LINES_MAX 4

/* How many of so many cells a text leaves free. */
static size_t free_cells(size_t cells, const char *text)
{
	size_t takes = text_cells(text);

	return takes < cells ? cells - takes : 0;
}

static void put(struct layout *l, enum style style, const char *text)
{
	struct text spaces;

	if (!*text)
		return;
	text_clear(&spaces);
	text_pad(&spaces, l->pad);
	output_put(l->out, STYLE_PLAIN, spaces.at);
	output_put(l->out, style, text);
	l->pad = 0;
}

/* A column's cell, cut to it, and the gap behind it; trailing spaces are never written. */
static void cell(struct layout *l, enum style style, const char *text, size_t cells)
{
	struct text t;

	if (!cells)
		return;
	text_clear(&t);
	text_add(&t, "%s", text);
	text_fit(&t, cells, l->out->is_ascii);
	put(l, style, t.at);
	l->pad += free_cells(cells, t.at) + LAYOUT_GAP;
}

static void line_end(struct layout *l)
{
	l->pad = 0;
	output_put(l->out, STYLE_PLAIN, "\n");
}

void layout_titles(struct layout *l)
{
	cell(l, STYLE_HEAD, "CALL", l->call);
	cell(l, STYLE_HEAD, "IN", l->where);
	cell(l, STYLE_HEAD, l->has_words ? "KNOWN BY" : "BY", l->known);
	cell(l, STYLE_HEAD, "RESULT", l->result);
	l->pad += l->time - 4;
	put(l, STYLE_HEAD, "TIME");
	l->pad += LAYOUT_GAP;
	if (!l->means_below)
		cell(l, STYLE_HEAD, "WHAT IT MEANS", l->means);
	line_end(l);
}

void layout_legend(const struct layout *l)
{
	if (l->has_words || !l->known)
		return;
	output_put(l->out, STYLE_PLAIN, "\n");
	output_lines(l->out, STYLE_DIM,
		     "BY: f fentry, k kprobe, u uprobe, t tracepoint, i inlined (inferred)");
}

/* --- meanings ---------------------------------------------------------------- */

/* Prints the text from *at on that fits into cells; moves *at behind it. */
static void means_part(struct layout *l, const char **at, size_t cells)
{
	const char *rest;
	size_t n = text_break(*at, cells, &rest);
	struct text t;

	text_clear(&t);
	text_add(&t, "%.*s", (int)n, *at);
	put(l, STYLE_DIM, t.at);
	*at = rest;
}

static void means_lines(struct layout *l, const struct text *below, const char *means)
{
	size_t indent = l->means_below ? text_cells(below->at) + 2 :
		layout_call_room(l) + LAYOUT_GAP + l->time + LAYOUT_GAP;
	size_t width = l->out->width, cells = l->means;

	if (indent + 20 > width)
		indent = width - 20;
	if (l->means_below)
		cells = width - indent;
	for (unsigned int i = 0; *means && i < LINES_MAX; i++) {
		struct text t = *below;

		text_fit(&t, l->means_below || indent < l->call ? indent : l->call, l->out->is_ascii);
		put(l, STYLE_DIM, t.at);
		l->pad = free_cells(indent, t.at);
		means_part(l, &means, cells);
		line_end(l);
	}
}

/* --- rows -------------------------------------------------------------------- */

/* The call, over the columns to its right that the row leaves empty, up to `known`. */
static void put_call(struct layout *l, const struct text *prefix, const struct tree_row *row)
{
	size_t cells = l->call, has;
	struct text t = *prefix;

	if (!row->where.sz) {
		cells += layout_with_gap(l->where);
		if (!row->known.sz) {
			cells += layout_with_gap(l->known);
			if (!row->result.sz)
				cells += layout_with_gap(l->result);
		}
	}
	text_fit(&t, cells, l->out->is_ascii);
	has = text_cells(t.at);
	put(l, STYLE_DIM, t.at);
	cell(l, row->style, row->call.at, cells - has);
	if (!row->where.sz && !row->known.sz && !row->result.sz)
		return;
	if (row->where.sz)
		cell(l, row->style, row->where.at, l->where);
	if (row->where.sz || row->known.sz) {
		char letter[2] = { row->known.at[0], '\0' };

		cell(l, STYLE_DIM, l->has_words ? row->known.at : letter, l->known);
	}
}

static const char *short_result(const struct layout *l, const struct tree_row *row)
{
	if (text_cells(row->result.at) > l->result && !strncmp(row->result.at, "KVM_EXIT_", 9))
		return row->result.at + 4;
	return row->result.at;
}

void layout_row(struct layout *l, const struct text *prefix, const struct text *below,
		struct tree_row *row)
{
	const char *means = row->means.at, *result = short_result(l, row);
	bool is_bad = row->result.at[0] == '-';

	put_call(l, prefix, row);
	if (row->where.sz || row->known.sz || row->result.sz) {
		if (row->time.sz)
			cell(l, is_bad ? STYLE_BAD : STYLE_PLAIN, result, l->result);
		else /* nothing stands behind it: it may use the room of the time */
			cell(l, STYLE_DIM, result, l->result ? l->result + LAYOUT_GAP + l->time : l->time);
	}
	if (row->time.sz || !(row->where.sz || row->known.sz || row->result.sz)) {
		l->pad += free_cells(l->time, row->time.at);
		put(l, STYLE_PLAIN, row->time.at);
		l->pad += LAYOUT_GAP;
	}
	if (!l->means_below)
		means_part(l, &means, l->means);
	line_end(l);
	means_lines(l, below, means);
}

void layout_why(struct layout *l, const struct text *prefix, bool opens, const char *why)
{
	struct text lead = *prefix;
	size_t indent, cells, width = l->out->width;

	text_add(&lead, "%s  ", opens ? glyph(l->out->is_ascii, GLYPH_BAR) : "");
	text_fit(&lead, width / 2, l->out->is_ascii);
	indent = text_cells(lead.at);
	cells = width - indent < LAYOUT_MEANS_MAX ? width - indent : LAYOUT_MEANS_MAX;
	while (*why) {
		const char *rest;
		size_t n = text_break(why, cells, &rest);
		struct text t;

		put(l, STYLE_DIM, lead.at);
		text_clear(&t);
		text_add(&t, "%.*s", (int)n, why);
		put(l, STYLE_DIM, t.at);
		line_end(l);
		why = rest;
	}
}
