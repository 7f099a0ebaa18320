/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Columns that fit: how wide rows want them, and what there is room for. */
#include "trace-viewer/tree_layout.h"

#define MEANS_MIN   44 /* a narrower column is no pleasure to read: lines of its own, then */
#define CALL_MIN    24
#define CALL_SOFT   60 /* soft rows are not cut below this */
#define KNOWN_WORDS 10
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

/* What all columns but call and means take, with the gaps to them. */
static size_t others(const struct layout *l)
{
	return layout_with_gap(l->where) + layout_with_gap(l->known) + layout_with_gap(l->result) +
	       layout_with_gap(l->time);
}

size_t layout_call_room(const struct layout *l)
{
	return l->call + layout_with_gap(l->where) + layout_with_gap(l->known) + layout_with_gap(l->result);
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
	l->means = at_most(at_least(l->means, MEANS_MIN), LAYOUT_MEANS_MAX);
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
