/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Walks the trees twice: once to measure the columns, once to print them. */
#include "trace-viewer/tree_print.h"

#include <string.h>

#include "trace-viewer/news.h"
#include "trace-viewer/summary.h"
#include "trace-viewer/tree_layout.h"
#include "trace-viewer/tree_legend.h"

struct walk {
	const struct output *out;
	const struct tree_options *options;
	bool is_measuring;
	unsigned int fold_depth; /* while measuring: folded nodes around this one */
	struct layout layout;
	struct news news; /* meanings said already in this VM */
	struct tree_row row;
};

/* --- the walk ------------------------------------------------------------- */

static bool is_folded(const struct node *node)
{
	return node->kind == NODE_GROUP || node->kind == NODE_MIX || node->kind == NODE_LOST ||
	       (node->parent && node->parent->kind == NODE_MIX);
}

/* Is this node's list of children drawn below it? Its row is in w->row. */
static bool is_open(const struct walk *w, const struct text *prefix, const struct node *node,
		    unsigned int depth)
{
	const struct tree_options *options = w->options;

	if (!node->first || (node->parent && node->parent->kind == NODE_MIX))
		return false;
	if (options->depth && (long)depth >= options->depth)
		return false;
	if (node->kind != NODE_GROUP || options->has_expand || w->is_measuring)
		return true;
	/* one line holds all that it folds, if it is long enough */
	return text_cells(prefix->at) + text_cells(w->row.call.at) >
					   layout_call_room(&w->layout);
}

/* Prints a node's line; says whether its children are to follow. */
static bool emit(struct walk *w, const struct text *prefix, const struct text *below,
		 const struct node *node, unsigned int depth)
{
	struct text more = *below;
	bool opens;

	tree_row_fill(&w->row, node, w->out->is_ascii);
	if (!is_folded(node) && !news_is(&w->news, w->row.means.at))
		text_clear(&w->row.means);
	opens = is_open(w, prefix, node, depth);
	if (w->is_measuring) {
		/* what a structure says, and who took the CPU, is told as far as there is room */
		layout_measure(&w->layout, prefix, &w->row,
			       is_folded(node) || w->fold_depth		       ? ROW_STRETCHING :
			       node->off_cpu || node->kind == NODE_IOCTL ? ROW_SOFT :
										 ROW_FIRM);
		return opens;
	}
	if (opens)
		text_add(&more, "%s", glyph(w->out->is_ascii, GLYPH_BAR));
	layout_row(&w->layout, prefix, &more, &w->row);
	return opens;
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

/* The lines below a line that has been printed. */
static void walk_below(struct walk *w, const struct text *prefix, const struct node *node,
		       unsigned int depth, bool opens)
{
	const char *why = w->options->has_why && !w->is_measuring ? tree_why(node) : NULL;

	if (why && (!node->parent || node->parent->kind != NODE_MIX) && news_is(&w->news, why))
		layout_why(&w->layout, prefix, opens, why);
	if (!opens)
		return;
	/* what is folded away only widens columns that it shares with others */
	w->fold_depth += node->kind == NODE_GROUP;
	walk_list(w, prefix, node->first, depth + 1);
	w->fold_depth -= node->kind == NODE_GROUP;
	if (w->options->has_expand && node->kind == NODE_GROUP && NODE_AS_CONST(group, node)->slowest) {
		emit_text(w, prefix, "the slowest:");
		walk_list(w, prefix, NODE_AS_CONST(group, node)->slowest, depth + 1);
	}
}

static void walk_list(struct walk *w, const struct text *prefix, const struct node *first,
		      unsigned int depth)
{
	struct text line = *prefix, below = *prefix;

	for (const struct node *node = first, *next; node; node = next) {
		bool opens;

		for (next = node->next; next && !is_wanted(w, next);)
			next = next->next;
		if (!is_wanted(w, node))
			continue;
		line.sz = below.sz = prefix->sz;
		text_add(&line, "%s", glyph(w->out->is_ascii, next ? GLYPH_TEE : GLYPH_LAST));
		text_add(&below, "%s", next ? glyph(w->out->is_ascii, GLYPH_BAR) : "   ");
		opens = emit(w, &line, &below, node, depth);
		walk_below(w, &below, node, depth, opens);
	}
}

static void walk_roots(struct walk *w, const struct node *first)
{
	struct text none;

	text_clear(&none);
	for (const struct node *node = first; node; node = node->next)
		if (is_wanted(w, node))
			walk_below(w, &none, node, 1, emit(w, &none, &none, node, 1));
}

/* The first thread part is the VM itself; what other threads did has a line that says so. */
static void walk_vm(struct walk *w, const struct vm *vm)
{
	const struct node *part = vm->root->first;

	news_clear(&w->news);
	if (!part)
		return;
	walk_roots(w, part->first);
	walk_roots(w, part->next);
	if (!w->is_measuring && vm->number)
		summary_print_end(w->out, vm);
}

/* The functions that could not be traced, and why. */
static void missing_print(const struct output *out, const struct model *model)
{
	bool has_title = false;

	for (uint32_t i = 0; i < model->func_end; i++) {
		const struct func_row *row = model->funcs[i];
		struct text t;

		if (!row || strcmp(row->rung, "missing"))
			continue;
		if (!has_title)
			output_put(out, STYLE_DIM, "\nNot traced on this kernel:\n");
		has_title = true;
		text_clear(&t);
		text_add(&t, "  %-32s %s", row->symbol, row->note);
		text_fit(&t, out->width, out->is_ascii);
		output_put(out, STYLE_DIM, t.at);
		output_put(out, STYLE_PLAIN, "\n");
	}
}

void tree_print_end(const struct output *out, const struct model *model,
		    const struct tree_options *options)
{
	if (options->has_missing)
		missing_print(out, model);
	if (options->has_legend)
		tree_legend_print(out);
	summary_print_notes(out, model);
}

static bool is_vm_shown(const struct tree_options *options, const struct vm *vm)
{
	return vm->root->first && (!options->vm || options->vm == (long)vm->number);
}

/* Returns how many VMs have something to show. */
static unsigned int walk_all(struct walk *w, const struct model *model)
{
	bool is_titled = model->vm_cnt > 1 || model->vms[0]->root->first;
	unsigned int shown_cnt = 0;

	for (uint32_t i = 1; i <= model->vm_cnt + 1; i++) {
		const struct vm *vm = model->vms[i <= model->vm_cnt ? i : 0];

		if (!is_vm_shown(w->options, vm))
			continue;
		if (!w->is_measuring && is_titled) {
			output_put(w->out, STYLE_PLAIN, "\n");
			summary_print_vm(w->out, vm);
		}
		walk_vm(w, vm);
		shown_cnt++;
	}
	return shown_cnt;
}

void tree_print(const struct output *out, const struct model *model,
		const struct tree_options *options)
{
	struct walk w = { .out = out, .options = options, .is_measuring = true,
			  .layout.out = out };

	summary_print_head(out, model);
	output_put(out, STYLE_PLAIN, "\n");
	if (walk_all(&w, model)) {
		layout_settle(&w.layout);
		w.is_measuring = false;
		layout_titles(&w.layout);
		walk_all(&w, model);
		if (!options->has_legend)
			layout_legend(&w.layout);
	} else {
		output_put(out, STYLE_PLAIN, "nothing in this recording is what was asked for\n");
	}
	tree_print_end(out, model, options);
}
