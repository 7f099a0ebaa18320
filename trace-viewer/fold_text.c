/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Rows of folded nodes: what repeats, in one line. */
#include "trace-viewer/fold_text.h"

#include <string.h>

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/exit_detail.h"
#include "trace-viewer/ioctl_text.h"
#include "trace-viewer/note_text.h"

static bool is_kernel_func(const struct node *node)
{
	const struct func_row *func = NODE_AS_CONST(func, node)->func;

	return !func || strcmp(func->layer, "vmm") != 0;
}

static void add_word(struct text *t, const char *word)
{
	text_add(t, "%s%s", t->sz && t->at[t->sz - 1] != ' ' ? " " : "", word);
}

static void summary_list(struct text *t, const struct node *node, bool in_kernel, bool ascii);
static void summary_inside(struct text *t, const struct node *node, bool in_kernel, bool ascii);

/* Frames that only enclose others are left out of a summary; leaves are what happens. */
static void summary_func(struct text *t, const struct node *node, bool in_kernel, bool ascii)
{
	const struct node_func *f = NODE_AS_CONST(func, node);

	if (in_kernel && is_kernel_func(node))
		return;
	if (node->first) {
		summary_list(t, node->first, in_kernel, ascii);
		return;
	}
	add_word(t, glyph(ascii, GLYPH_ARROW));
	add_word(t, f->func ? f->func->symbol : "?");
}

static void summary_group(struct text *t, const struct node *node, bool in_kernel, bool ascii)
{
	add_word(t, "n");
	text_add(t, "%s(", glyph(ascii, GLYPH_TIMES));
	summary_inside(t, node->first, in_kernel, ascii);
	text_add(t, ")");
}

static void summary_exit(struct text *t, const struct node_exit *e, bool ascii)
{
	struct node_exit plain = *e;
	struct text detail;

	add_word(t, glyph(ascii, GLYPH_EXIT));
	text_add(t, " ");
	exit_add_name(t, e->isa, e->reason);
	/* the value is another one each time */
	plain.is_many = true;
	plain.detail.has_value = false;
	plain.detail.cnt = 1;
	plain.detail.size = 0;
	plain.detail.repeat = 0;
	text_clear(&detail);
	exit_add_detail(&detail, &plain, ascii);
	if (detail.sz)
		text_add(t, " %s", detail.at);
}

static void summary_node(struct text *t, const struct node *node, bool in_kernel, bool ascii)
{
	switch (node->kind) {
	case NODE_IOCTL:
		add_word(t, "");
		ioctl_add_name(t, NODE_AS_CONST(ioctl, node)->cmd);
		/* what KVM does in an ioctl is in its name, but for KVM_RUN */
		summary_list(t, node->first, true, ascii);
		break;
	case NODE_FUNC:
		summary_func(t, node, in_kernel, ascii);
		break;
	case NODE_GUEST:
		add_word(t, glyph(ascii, GLYPH_GUEST));
		add_word(t, "guest");
		if (NODE_AS_CONST(guest, node)->inject.is_there)
			add_word(t, "");
		inject_add(t, &NODE_AS_CONST(guest, node)->inject);
		break;
	case NODE_EXIT:
		summary_exit(t, NODE_AS_CONST(exit, node), ascii);
		break;
	case NODE_GROUP:
		summary_group(t, node, in_kernel, ascii);
		break;
	case NODE_MIX:
		add_word(t, "...");
		break;
	case NODE_LOST:
		add_word(t, glyph(ascii, GLYPH_LOST));
		break;
	case NODE_DETAIL:
		add_word(t, "");
		detail_add(t, &NODE_AS_CONST(detail, node)->detail, ascii);
		break;
	default:
		break;
	}
}

static void summary_list(struct text *t, const struct node *node, bool in_kernel, bool ascii)
{
	for (; node; node = node->next)
		summary_node(t, node, in_kernel, ascii);
}

static void summary_note(struct text *t, const struct node *node, bool ascii)
{
	add_word(t, glyph(ascii, GLYPH_NOTE));
	add_word(t, "");
	note_add(t, &NODE_AS_CONST(detail, node)->detail, ascii);
}

/* A note says something of what is beside it, and a summary leaves it out; alone it is all there is. */
static void summary_inside(struct text *t, const struct node *node, bool in_kernel, bool ascii)
{
	size_t before = t->sz;

	summary_list(t, node, in_kernel, ascii);
	if (t->sz != before)
		return;
	for (; node; node = node->next)
		if (node->kind == NODE_NOTE)
			summary_note(t, node, ascii);
}

void tree_add_summary(struct text *t, const struct node *node, bool ascii)
{
	summary_inside(t, node, false, ascii);
}

/* What happened in all iterations of what is folded here, beside what the line says. */
struct beside {
	uint64_t interrupt_cnt; /* of the host */
	uint64_t lost_cnt;	/* records */
};

static void beside_count(struct beside *beside, const struct node *node)
{
	if (node->kind == NODE_GUEST)
		beside->interrupt_cnt += NODE_AS_CONST(guest, node)->interrupt_cnt +
					 NODE_AS_CONST(guest, node)->folded_interrupt_cnt;
	else if (node->kind == NODE_LOST)
		beside->lost_cnt += NODE_AS_CONST(lost, node)->lost_cnt;
	for (const struct node *child = node->first; child; child = child->next)
		beside_count(beside, child);
}

/* ", 2 interrupts"; nothing of none. */
static void beside_add(struct text *t, uint64_t cnt, const char *one)
{
	if (!cnt)
		return;
	text_add(t, ", ");
	text_add_count(t, cnt);
	text_add(t, " %s%s", one, cnt == 1 ? "" : "s");
}

/* "≥ 1,000": where records were lost there may have been more. */
static void times_add(struct text *t, const struct node *node, uint64_t cnt, bool ascii)
{
	if (node->flags & NODE_SPANS_LOSS)
		text_put(t, glyph(ascii, GLYPH_AT_LEAST));
	text_add_count(t, cnt);
}

void fold_fill_group(struct tree_row *row, const struct node *node, bool ascii)
{
	const struct node_group *g = NODE_AS_CONST(group, node);
	const struct hist *h = &g->times;
	struct beside beside = { 0 };

	row->style = STYLE_FOLD;
	times_add(&row->call, node, g->iteration_cnt, ascii);
	text_add(&row->call, " %s [ ", glyph(ascii, GLYPH_TIMES));
	tree_add_summary(&row->call, node->first, ascii);
	text_add(&row->call, " ]");
	if (node->flags & NODE_SPANS_LOSS)
		text_add(&row->time, "%s", glyph(ascii, GLYPH_AT_LEAST));
	text_add_ns(&row->time, h->sum, ascii);
	if (node->instance_cnt > 1) {
		text_add(&row->means, "in ");
		text_add_count(&row->means, node->instance_cnt);
		text_add(&row->means, " rounds together; ");
	}
	text_add(&row->means, "each p50 ");
	text_add_ns(&row->means, hist_percentile(h, 50), ascii);
	text_add(&row->means, "  p99 ");
	text_add_ns(&row->means, hist_percentile(h, 99), ascii);
	text_add(&row->means, "  max ");
	text_add_ns(&row->means, h->max, ascii);
	beside_count(&beside, node);
	beside_add(&row->means, beside.interrupt_cnt, "interrupt");
	beside_add(&row->means, beside.lost_cnt, "lost record");
}

void fold_fill_mix(struct tree_row *row, const struct node *node, bool ascii)
{
	const struct node_mix *m = NODE_AS_CONST(mix, node);

	row->style = STYLE_FOLD;
	times_add(&row->call, node, m->node_cnt, ascii);
	text_add(&row->call, " more, in no order that repeats:");
	text_add_ns(&row->time, node_duration(node), ascii);
	if (m->other_cnt) {
		text_add(&row->means, "the commonest below; ");
		text_add_count(&row->means, m->other_cnt);
		text_add(&row->means, " others are counted, not shown");
	} else {
		text_add(&row->means, "one of each kind below, with its count");
	}
}

/* In a mix, a node stands for many: how many, and what, in one line. */
void fold_fill_many(struct tree_row *row, const struct node *node, bool ascii)
{
	text_clear(&row->call);
	text_add_count(&row->call, node->instance_cnt);
	text_add(&row->call, " %s [ ", glyph(ascii, GLYPH_TIMES));
	if (node->kind == NODE_GROUP)
		summary_group(&row->call, node, false, ascii);
	else if (node->kind == NODE_NOTE)
		summary_note(&row->call, node, ascii);
	else
		summary_node(&row->call, node, false, ascii);
	text_add(&row->call, " ]");
	text_clear(&row->time);
	text_clear(&row->result);
	text_clear(&row->known);
	text_clear(&row->where);
	text_clear(&row->means);
	row->style = STYLE_FOLD;
}
