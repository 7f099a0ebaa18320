/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The merged tree in columns: a mark, the call, what happened to it. */
#include "trace-viewer/diff_print.h"

#include <errno.h>

#include "trace-viewer/diff_rows.h"
#include "trace-viewer/diff_text.h"

#define MARK_CELLS   2
#define MANY_SHOWN   6
#define REMARK_LEAST 12 /* cells, or it is left out */

struct printer {
	const struct output *out;
	bool has_all;
	bool is_measuring;
	size_t call_cells; /* of the widest call that has something said of it */
};

/* How a row is marked, by the change of its frame; of one flow: which. */
static const struct {
	char a, b;
	enum style a_style, b_style;
} marks[] = {
	[FLOW_SAME] = { ' ', ' ', STYLE_PLAIN, STYLE_PLAIN },
	[FLOW_ONLY_HERE] = { '-', '+', STYLE_BAD, STYLE_GUEST },
	[FLOW_RENAMED] = { '~', '~', STYLE_VENDOR, STYLE_VENDOR },
	[FLOW_CHANGED] = { '!', '!', STYLE_EXIT, STYLE_EXIT },
	[FLOW_MOVED] = { '<', '>', STYLE_FOLD, STYLE_FOLD },
};

static bool is_one_sided(const struct diff_row *row)
{
	return diff_row_flow(row)->change == FLOW_ONLY_HERE;
}

static void print_line(struct printer *p, const struct diff_row *row, const struct text *prefix,
		       const struct text *call, const struct text *remark)
{
	const struct flow *flow = row ? diff_row_flow(row) : NULL;
	enum flow_change change = flow ? flow->change : FLOW_SAME;
	bool is_b = row && row->b;
	enum style style = is_b ? marks[change].b_style : marks[change].a_style;
	char mark[MARK_CELLS + 1] = { is_b ? marks[change].b : marks[change].a, ' ', '\0' };
	size_t before = MARK_CELLS + text_cells(prefix->at), width = p->out->width, column = p->call_cells + 2;
	struct text t;

	if (p->is_measuring) {
		if (remark->sz && text_cells(prefix->at) + text_cells(call->at) > p->call_cells)
			p->call_cells = text_cells(prefix->at) + text_cells(call->at);
		return;
	}
	output_put(p->out, style, mark);
	output_put(p->out, STYLE_DIM, prefix->at);
	text_clear(&t);
	text_add(&t, "%s", call->at);
	text_fit(&t, width > before ? width - before : 1, p->out->is_ascii);
	output_put(p->out, style, t.at);
	before += text_cells(t.at);
	/* the call is worth more than the remark, which gets what is left of the line */
	if (column + MARK_CELLS < before + 2)
		column = before + 2 - MARK_CELLS;
	if (remark->sz && column + MARK_CELLS + REMARK_LEAST <= width) {
		text_clear(&t);
		text_pad(&t, column + MARK_CELLS - before);
		text_add(&t, "%s", remark->at);
		text_fit(&t, width - before, p->out->is_ascii);
		output_put(p->out, STYLE_PLAIN, t.at);
	}
	output_put(p->out, STYLE_PLAIN, "\n");
}

static void prefix_add(const struct printer *p, struct text *prefix, bool is_last, bool is_below)
{
	bool ascii = p->out->is_ascii;

	if (is_below)
		text_add(prefix, "%s", is_last ? "   " : glyph(ascii, GLYPH_BAR));
	else
		text_add(prefix, "%s", glyph(ascii, is_last ? GLYPH_LAST : GLYPH_TEE));
}

static void print_rows(struct printer *p, const struct diff_row *first, const struct text *prefix);

static void print_row(struct printer *p, const struct diff_row *row, const struct text *prefix, bool is_last)
{
	struct text own = *prefix, below = *prefix, call, remark;

	text_clear(&call);
	text_clear(&remark);
	diff_add_call(&call, row, p->out->is_ascii);
	diff_add_remark(&remark, row, p->out->is_ascii);
	if (row->parent->parent) {
		prefix_add(p, &own, is_last, false);
		prefix_add(p, &below, is_last, true);
	}
	print_line(p, row, &own, &call, &remark);
	print_rows(p, row->first, &below);
}

/* Siblings from `first` that are the same, and all below them, in one line. Returns the next. */
static const struct diff_row *print_quiet(struct printer *p, const struct diff_row *first,
					  const struct text *prefix)
{
	struct text own = *prefix, call, remark;
	const struct diff_row *row = first;
	uint32_t cnt = 0;

	for (; row && row->is_quiet; row = row->next)
		cnt += row->frame_cnt;
	text_clear(&call);
	text_clear(&remark);
	text_add_count(&call, cnt);
	text_add(&call, cnt == 1 ? " frame the same" : " frames the same");
	if (first->parent->parent)
		prefix_add(p, &own, !row, false);
	print_line(p, NULL, &own, &call, &remark);
	return row;
}

/* Many that came or went, of those that have no order: the first of them tell. Returns the next. */
static const struct diff_row *print_many(struct printer *p, const struct diff_row *first,
					 const struct text *prefix)
{
	struct text own = *prefix, call, remark;
	const struct diff_row *row = first;
	uint32_t cnt = 0;

	for (; row && is_one_sided(row) && !row->a == !first->a; row = row->next)
		cnt++;
	if (cnt <= MANY_SHOWN + 1 || diff_row_flow(first->parent)->kind != FLOW_MIX) {
		print_row(p, first, prefix, !first->next);
		return first->next;
	}
	for (uint32_t i = 0; i < MANY_SHOWN; i++, first = first->next)
		print_row(p, first, prefix, false);
	text_clear(&call);
	text_clear(&remark);
	text_add_count(&call, cnt - MANY_SHOWN);
	text_add(&call, " more that are only in %s", first->a ? "A" : "B");
	prefix_add(p, &own, !row, false);
	print_line(p, first, &own, &call, &remark);
	return row;
}

static void print_rows(struct printer *p, const struct diff_row *first, const struct text *prefix)
{
	for (const struct diff_row *row = first; row;) {
		if (row->is_quiet && !p->has_all) {
			row = print_quiet(p, row, prefix);
			continue;
		}
		if (p->has_all || !is_one_sided(row)) {
			print_row(p, row, prefix, !row->next);
			row = row->next;
		} else {
			row = print_many(p, row, prefix);
		}
	}
}

static void print_sums(const struct output *out, const struct diff_sums *sums)
{
	const struct { uint32_t cnt; const char *name; } parts[] = {
		{ sums->renamed, "renamed" },	      { sums->changed, "with another end" },
		{ sums->moved, "moved" },	      { sums->only_a, "only in A" },
		{ sums->only_b, "only in B" },
	};
	struct text t;

	text_clear(&t);
	if (!diff_differ(sums))
		text_add(&t, "the same flow: ");
	text_add_count(&t, sums->same);
	text_add(&t, !diff_differ(sums) ? " frames" : sums->same == 1 ? " frame the same" : " frames the same");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].cnt)
			continue;
		text_add(&t, ", ");
		text_add_count(&t, parts[i].cnt);
		text_add(&t, " %s", parts[i].name);
	}
	output_lines(out, STYLE_HEAD, t.at);
}

int diff_print(const struct output *out, struct flow *a, struct flow *b,
	       const struct diff_sums *sums, bool has_all)
{
	struct printer p = { .out = out, .has_all = has_all, .is_measuring = true };
	struct diff_row *root = diff_rows_new(a, b);
	size_t most = out->width / 5 * 3;
	struct text none;

	if (!root)
		return -ENOMEM;
	text_clear(&none);
	print_rows(&p, root->first, &none);
	if (p.call_cells > most)
		p.call_cells = most;
	p.is_measuring = false;
	if (has_all || diff_differ(sums)) {
		print_rows(&p, root->first, &none);
		output_put(out, STYLE_PLAIN, "\n");
	}
	print_sums(out, sums);
	diff_rows_free(root);
	return 0;
}
