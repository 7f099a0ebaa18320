/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Columns that fit: the call first, then its meaning, which may take several lines. */
#include "trace-viewer/tree_layout.h"

#include <string.h>

#define MEANS_MIN   44 /* a narrower column is no pleasure to read: lines of its own, then */
#define MEANS_MAX   72
#define CALL_MIN    24
#define CALL_SOFT   60 /* soft rows are not cut below this */
#define KNOWN_WORDS 10
#define LINES_MAX   4
#define NARROW	    60 /* below it only call, time and meaning have room */

static size_t at_most(size_t value, size_t max)
{
	return value < max ? value : max;
}

static size_t at_least(size_t value, size_t min)
{
	return value > min ? value : min;
}

static size_t less(size_t value, size_t by)
{
	return value > by ? value - by : 0;
}

static void widen(size_t *column, size_t cells)
{
	*column = at_least(*column, cells);
}

void layout_measure_cells(struct layout *l, const struct row_cells *cells)
{
	widen(&l->where, cells->where);
	widen(&l->known, cells->known);
	widen(&l->time, cells->time);
	widen(&l->means, cells->means);
	if (cells->time)
		widen(&l->result, cells->result);
	if (cells->width == ROW_STRETCHING)
		widen(&l->call_fold, cells->call);
	else if (cells->width == ROW_SOFT)
		widen(cells->where ? &l->soft : &l->soft_free, cells->call);
	else
		widen(cells->where ? &l->call : &l->call_free, cells->call);
}

void layout_measure(struct layout *l, const struct text *prefix, const struct tree_row *row,
		    enum row_width width)
{
	struct row_cells cells = {
		.call = text_cells(prefix->at) + text_cells(row->call.at),
		.where = text_cells(row->where.at), .known = text_cells(row->known.at),
		.result = text_cells(row->result.at), .time = text_cells(row->time.at),
		.means = text_cells(row->means.at), .width = width,
	};

	layout_measure_cells(l, &cells);
}

void layout_merge(struct layout *l, const struct layout *from, size_t indent)
{
	widen(&l->where, from->where);
	widen(&l->known, from->known);
	widen(&l->time, from->time);
	widen(&l->means, from->means);
	widen(&l->result, from->result);
	widen(&l->call, from->call ? from->call + indent : 0);
	widen(&l->call_free, from->call_free ? from->call_free + indent : 0);
	widen(&l->call_fold, from->call_fold ? from->call_fold + indent : 0);
	widen(&l->soft, from->soft ? from->soft + indent : 0);
	widen(&l->soft_free, from->soft_free ? from->soft_free + indent : 0);
}

/* A column with the gap to it; nothing where there is no such column. */
static size_t with_gap(size_t column)
{
	return column ? LAYOUT_GAP + column : 0;
}

/* What all columns but call and means take, with the gaps to them. */
static size_t others(const struct layout *l)
{
	return with_gap(l->where) + with_gap(l->known) + with_gap(l->result) + with_gap(l->time);
}

size_t layout_call_room(const struct layout *l)
{
	return l->call + with_gap(l->where) + with_gap(l->known) + with_gap(l->result);
}

void layout_settle(struct layout *l)
{
	size_t width = l->out->width, room, soft;

	l->where = at_most(at_least(l->where, 3), 10);
	l->result = at_most(at_least(l->result, 6), width < 100 ? 11 : 16);
	l->time = at_most(at_least(l->time, LAYOUT_TIME_MIN), 10);
	/* without an owner the call may go on into that column */
	l->call = at_least(l->call, less(l->call_free, l->where + LAYOUT_GAP));
	l->call = at_least(l->call, CALL_MIN);
	l->means = at_most(at_least(l->means, MEANS_MIN), MEANS_MAX);
	l->known = KNOWN_WORDS;
	soft = at_least(l->soft, less(l->soft_free, l->where + LAYOUT_GAP));
	room = less(width, others(l) + LAYOUT_GAP + l->means);
	l->call = at_least(l->call, at_most(soft, at_least(room, CALL_SOFT)));
	l->has_words = others(l) + l->call + LAYOUT_GAP + l->means <= width;
	if (!l->has_words)
		l->known = 2;
	if (width < NARROW)
		l->where = l->known = l->result = 0;
	/* what folds is better in one line, if there is room */
	room = less(width, others(l) + LAYOUT_GAP + l->means);
	l->call = at_least(l->call, at_most(room, less(l->call_fold, layout_call_room(l) - l->call)));
	if (l->has_words)
		return;
	room = width - others(l);
	l->means_below = l->call + LAYOUT_GAP + MEANS_MIN > room;
	if (l->means_below) {
		l->call = at_most(at_least(l->call, soft), room);
		return;
	}
	room -= LAYOUT_GAP;
	l->call = at_most(l->call, room - MEANS_MIN);
	l->means = at_most(l->means, room - l->call);
}

/* --- cells ------------------------------------------------------------------ */

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
	l->pad += cells - at_most(cells, text_cells(t.at)) + LAYOUT_GAP;
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

		text_fit(&t, at_most(indent, l->means_below ? indent : l->call), l->out->is_ascii);
		put(l, STYLE_DIM, t.at);
		l->pad = indent - at_most(indent, text_cells(t.at));
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
		cells += with_gap(l->where);
		if (!row->known.sz) {
			cells += with_gap(l->known);
			if (!row->result.sz)
				cells += with_gap(l->result);
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
		l->pad += l->time - at_most(l->time, text_cells(row->time.at));
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
	size_t indent, width = l->out->width;

	text_add(&lead, "%s  ", opens ? glyph(l->out->is_ascii, GLYPH_BAR) : "");
	text_fit(&lead, width / 2, l->out->is_ascii);
	indent = text_cells(lead.at);
	while (*why) {
		const char *rest;
		size_t n = text_break(why, width - indent < MEANS_MAX ? width - indent : MEANS_MAX, &rest);
		struct text t;

		put(l, STYLE_DIM, lead.at);
		text_clear(&t);
		text_add(&t, "%.*s", (int)n, why);
		put(l, STYLE_DIM, t.at);
		line_end(l);
		why = rest;
	}
}
