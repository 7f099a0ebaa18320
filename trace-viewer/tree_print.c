/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Walks the trees twice: once to measure the columns, once to print them. */
#include "trace-viewer/tree_print.h"

#include <string.h>

#include "trace-viewer/summary.h"
#include "trace-viewer/tree_text.h"

#define GAP	      2	  /* cells between columns */
#define MEANS_MIN     24  /* the last column is worth so much, or nothing */
#define NARROW	      100 /* below, results are part of the call */
#define KNOWN_FROM    132 /* from here on there is room to say how a frame is known */
#define SEEN_CNT      512

struct columns {
	size_t call, where, known, result, time, means;
};

struct walk {
	const struct output *out;
	const struct tree_options *options;
	bool is_measuring, is_narrow;
	struct columns columns;	 /* measured, then laid out */
	uint64_t seen[SEEN_CNT]; /* meanings said already in this VM */
	struct tree_row row;
};

/* --- columns -------------------------------------------------------------- */

static void widen(size_t *column, const struct text *t)
{
	size_t cells = text_cells(t->at);

	if (cells > *column)
		*column = cells;
}

static size_t at_most(size_t value, size_t max)
{
	return value < max ? value : max;
}

static void measure(struct walk *w, const struct text *prefix, const struct tree_row *row,
		    const struct node *node)
{
	size_t call = text_cells(prefix->at) + text_cells(row->call.at);

	widen(&w->columns.where, &row->where);
	widen(&w->columns.known, &row->known);
	widen(&w->columns.time, &row->time);
	widen(&w->columns.means, &row->means);
	/* these may stretch over columns that they leave empty */
	if (node->kind != NODE_INFERRED)
		widen(&w->columns.result, &row->result);
	if (node->kind != NODE_GROUP && node->kind != NODE_MIX && node->kind != NODE_LOST &&
	    call > w->columns.call)
		w->columns.call = call;
}

static size_t others(const struct columns *c)
{
	return (c->where ? c->where + GAP : 0) + (c->known ? c->known + GAP : 0) +
	       (c->result ? c->result + GAP : 0) + c->time + GAP;
}

static void lay_out(struct walk *w)
{
	struct columns *c = &w->columns;
	size_t width = w->out->width, room;

	c->where = at_most(c->where, 10);
	c->result = w->is_narrow ? 0 : at_most(c->result < 8 ? 8 : c->result, 16);
	c->time = at_most(c->time < 7 ? 7 : c->time, 10);
	c->known = width >= KNOWN_FROM ? at_most(c->known < 8 ? 8 : c->known, 10) : 0;
	if (c->call < 24)
		c->call = 24;
	c->means = at_most(c->means, 100);
	if (others(c) + GAP + c->call + c->means > width) {
		room = width - others(c) - GAP;
		/* the call has the first right to room, the meaning to its least */
		if (c->call + MEANS_MIN > room)
			c->call = room - MEANS_MIN;
		c->means = room - c->call;
	}
}

static void cell(const struct walk *w, enum style style, const char *text, size_t cells, bool is_last)
{
	struct text t;

	text_clear(&t);
	text_add(&t, "%s", text);
	text_fit(&t, cells, w->out->is_ascii);
	output_put(w->out, style, t.at);
	text_clear(&t);
	text_pad(&t, cells - at_most(cells, text_cells(text)));
	if (!is_last)
		text_add(&t, "%*s", GAP, "");
	output_put(w->out, STYLE_PLAIN, t.at);
}

static void cell_right(const struct walk *w, const char *text, size_t cells)
{
	struct text t;
	size_t has = text_cells(text);

	text_clear(&t);
	text_add(&t, "%*s%s", (int)(cells - at_most(cells, has)), "", text);
	cell(w, STYLE_PLAIN, t.at, cells, false);
}

/* Puts what narrow outputs have no column for into the call. */
static void narrow_call(struct tree_row *row, const struct node *node)
{
	if (!row->result.sz)
		return;
	if (node->kind == NODE_EXIT && !strncmp(row->result.at, "KVM_EXIT_", 9))
		text_add(&row->call, " = %s", row->result.at + 9);
	else if (node->kind != NODE_INFERRED && strcmp(row->result.at, "0") != 0)
		text_add(&row->call, " = %s", row->result.at);
	if (node->kind != NODE_INFERRED)
		text_clear(&row->result);
}

static void line_end(const struct walk *w, const char *means)
{
	struct text t;

	text_clear(&t);
	text_add(&t, "%s", means);
	text_fit(&t, w->columns.means, w->out->is_ascii);
	output_put(w->out, STYLE_DIM, t.at);
	output_put(w->out, STYLE_PLAIN, "\n");
}

static void print_line(struct walk *w, const struct text *prefix, struct tree_row *row)
{
	const struct columns *c = &w->columns;
	size_t call = c->call, has = text_cells(prefix->at);
	bool has_where = c->where && row->where.sz, has_result = c->result && row->result.sz;
	struct text t = *prefix;

	if (!has_where && c->where)
		call += c->where + GAP;
	/* an empty column is room for the one on its left */
	if (!has_where && !row->known.sz && c->known)
		call += c->known + GAP;
	if (!has_where && !has_result && c->result && (!c->known || !row->known.sz))
		call += c->result + GAP;
	text_fit(&t, at_most(has, call), w->out->is_ascii);
	output_put(w->out, STYLE_DIM, t.at);
	cell(w, row->style, row->call.at, call - at_most(has, call), false);
	if (has_where)
		cell(w, row->style, row->where.at, c->where, false);
	if (c->known && (has_where || row->known.sz))
		cell(w, STYLE_DIM, row->known.at, c->known, false);
	if (row->result.sz && !row->time.sz) {
		size_t cells = c->result ? c->result + GAP + c->time : c->time;

		cell(w, STYLE_PLAIN, row->result.at, cells, false);
	} else {
		if (c->result && (has_result || has_where || (c->known && row->known.sz)))
			cell(w, row->result.at[0] == '-' ? STYLE_BAD : STYLE_PLAIN, row->result.at,
			     c->result, false);
		cell_right(w, row->time.at, c->time);
	}
	line_end(w, row->means.at);
}

static void print_titles(struct walk *w)
{
	const struct columns *c = &w->columns;
	struct text t;

	text_clear(&t);
	text_add(&t, "CALL");
	text_pad(&t, c->call + GAP);
	text_add(&t, "%s", c->where ? "IN" : "");
	text_pad(&t, c->call + GAP + (c->where ? c->where + GAP : 0));
	if (c->known)
		text_add(&t, "%-*s", (int)(c->known + GAP), "KNOWN BY");
	if (c->result)
		text_add(&t, "%-*s", (int)(c->result + GAP), "RESULT");
	text_add(&t, "%*s", (int)c->time, "TIME");
	text_add(&t, "%*sWHAT IT MEANS", GAP, "");
	text_fit(&t, w->out->width, w->out->is_ascii);
	output_put(w->out, STYLE_HEAD, t.at);
	output_put(w->out, STYLE_PLAIN, "\n");
}

/* --- the walk ------------------------------------------------------------- */

/* True the first time that this VM's tree says so: a reader need not read it again. */
static bool is_news(struct walk *w, const char *means)
{
	uint64_t hash = 1469598103934665603ull;

	for (; *means; means++)
		hash = (hash ^ (unsigned char)*means) * 1099511628211ull;
	hash |= 1;
	for (uint32_t i = 0; i < SEEN_CNT; i++) {
		uint64_t *at = &w->seen[(hash + i) % SEEN_CNT];

		if (*at == hash)
			return false;
		if (!*at) {
			*at = hash;
			return true;
		}
	}
	return true;
}

static bool is_folded(const struct node *node)
{
	return node->kind == NODE_GROUP || node->kind == NODE_MIX || node->kind == NODE_LOST ||
	       (node->parent && node->parent->kind == NODE_MIX);
}

static void emit(struct walk *w, const struct text *prefix, const struct node *node)
{
	tree_row_fill(&w->row, node, w->out->is_ascii);
	if (w->is_narrow)
		narrow_call(&w->row, node);
	if (!is_folded(node) && !is_news(w, w->row.means.at))
		text_clear(&w->row.means);
	if (w->is_measuring)
		measure(w, prefix, &w->row, node);
	else
		print_line(w, prefix, &w->row);
}

static void emit_text(struct walk *w, const struct text *prefix, const char *text)
{
	struct text t = *prefix;

	if (w->is_measuring)
		return;
	text_add(&t, "%s", text);
	text_fit(&t, w->out->width, w->out->is_ascii);
	output_put(w->out, STYLE_DIM, t.at);
	output_put(w->out, STYLE_PLAIN, "\n");
}

static void walk_list(struct walk *w, const struct text *prefix, const struct node *first,
		      unsigned int depth);

/* Does this node, or anything below it, concern the vCPU asked for? */
static bool is_wanted(const struct walk *w, const struct node *node)
{
	long vcpu = w->options->vcpu;

	return vcpu < 0 || node->vcpu == NODE_VCPU_NONE || node->vcpu == NODE_VCPU_MIXED ||
	       node->vcpu == vcpu;
}

/* Does the one line of a group hold all that it folds? */
static bool is_one_line(struct walk *w, const struct text *prefix)
{
	size_t room = w->columns.call + (w->columns.where ? w->columns.where + GAP : 0) +
		      (w->columns.known ? w->columns.known + GAP : 0) +
		      (w->columns.result ? w->columns.result + GAP : 0);

	return text_cells(prefix->at) + text_cells(w->row.call.at) <= room;
}

/* The lines below a line: its children, or what a folded one stands for. */
static void walk_below(struct walk *w, const struct text *prefix, const struct node *node,
		       unsigned int depth)
{
	const char *why = w->options->has_why ? tree_why(node) : NULL;
	const struct node_group *g = NODE_AS_CONST(group, node);

	if (why && !(node->parent && node->parent->kind == NODE_MIX)) {
		struct text t = *prefix;

		text_add(&t, "%s   ", node->first ? glyph(w->out->is_ascii, GLYPH_BAR) : "   ");
		emit_text(w, &t, why);
	}
	if (node->parent && node->parent->kind == NODE_MIX)
		return;
	if (node->kind == NODE_GROUP && !w->is_measuring && !w->options->has_expand &&
	    is_one_line(w, prefix))
		return;
	if (node->kind == NODE_GROUP && w->is_measuring && !w->options->has_expand)
		return;
	if (w->options->depth && (long)depth >= w->options->depth)
		return;
	walk_list(w, prefix, node->first, depth + 1);
	if (node->kind == NODE_GROUP && w->options->has_expand && g->slowest) {
		emit_text(w, prefix, w->out->is_ascii ? "`- the slowest:" : "└─ the slowest:");
		walk_list(w, prefix, g->slowest, depth + 1);
	}
}

static void walk_list(struct walk *w, const struct text *prefix, const struct node *first,
		      unsigned int depth)
{
	struct text line = *prefix, below = *prefix;

	for (const struct node *node = first, *next; node; node = next) {
		for (next = node->next; next && !is_wanted(w, next);)
			next = next->next;
		if (!is_wanted(w, node))
			continue;
		line.sz = below.sz = prefix->sz;
		text_add(&line, "%s", glyph(w->out->is_ascii, next ? GLYPH_TEE : GLYPH_LAST));
		text_add(&below, "%s", next ? glyph(w->out->is_ascii, GLYPH_BAR) : "   ");
		emit(w, &line, node);
		walk_below(w, &below, node, depth);
	}
}

static void walk_roots(struct walk *w, const struct node *first)
{
	struct text none;

	text_clear(&none);
	for (const struct node *node = first; node; node = node->next) {
		if (!is_wanted(w, node))
			continue;
		emit(w, &none, node);
		walk_below(w, &none, node, 1);
	}
}

/* The first thread part is the VM itself; what other threads did has a line that says so. */
static void walk_vm(struct walk *w, const struct vm *vm)
{
	const struct node *part = vm->root->first;

	memset(w->seen, 0, sizeof(w->seen));
	if (!part)
		return;
	walk_roots(w, part->first);
	walk_roots(w, part->next);
}

static void print_missing(struct walk *w, const struct model *model)
{
	struct text none;
	bool has_title = false;

	for (uint32_t i = 0; i < TRACE_FUNCS_MAX; i++) {
		const struct func_row *row = model->funcs[i];
		struct text t;

		if (!row || strcmp(row->rung, "missing"))
			continue;
		text_clear(&none);
		if (!has_title)
			emit_text(w, &none, "\nNot traced on this kernel:");
		has_title = true;
		text_clear(&t);
		text_add(&t, "  %-32s %s", row->symbol, row->note);
		emit_text(w, &none, t.at);
	}
}

static bool is_vm_shown(const struct tree_options *options, const struct vm *vm)
{
	return vm->root->first && (!options->vm || options->vm == (long)vm->number);
}

static void walk_all(struct walk *w, const struct model *model)
{
	bool is_titled = model->vm_cnt > 1 || model->vms[0]->root->first;

	for (uint32_t i = 1; i <= model->vm_cnt + 1; i++) {
		const struct vm *vm = model->vms[i <= model->vm_cnt ? i : 0];

		if (!is_vm_shown(w->options, vm))
			continue;
		if (!w->is_measuring && is_titled) {
			output_put(w->out, STYLE_PLAIN, "\n");
			summary_print_vm(w->out, vm);
		}
		walk_vm(w, vm);
	}
}

void tree_print(const struct output *out, const struct model *model,
		const struct tree_options *options)
{
	struct walk w = { .out = out, .options = options, .is_measuring = true,
			  .is_narrow = out->width < NARROW };

	summary_print_head(out, model);
	walk_all(&w, model);
	lay_out(&w);
	w.is_measuring = false;
	output_put(out, STYLE_PLAIN, "\n");
	print_titles(&w);
	walk_all(&w, model);
	if (options->has_missing)
		print_missing(&w, model);
	summary_print_notes(out, model);
}
