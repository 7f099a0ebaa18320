/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One small printer for each kind of node. */
#include "trace-viewer/tree_text.h"

#include <linux/kvm.h>
#include <string.h>

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/ioctl_text.h"
#include "trace-viewer/kb.h"

static void add_duration(struct text *t, const struct node *node, bool ascii)
{
	const uint8_t unsure = NODE_END_UNSEEN | NODE_SPANS_LOSS;
	uint64_t duration_ns = node_duration(node);

	if (node->kind == NODE_GUEST)
		duration_ns -= NODE_AS_CONST(guest, node)->interrupt_ns;

	if (node->flags & NODE_BEGIN_UNSEEN)
		return;
	if (node->flags & unsure)
		text_add(t, "%s", glyph(ascii, GLYPH_AT_LEAST));
	text_add_ns(t, duration_ns, ascii);
}

static void add_unseen(struct text *t, const struct node *node)
{
	if (node->flags & NODE_BEGIN_UNSEEN)
		text_add(t, " (its begin was not seen)");
	else if (node->flags & NODE_END_UNSEEN)
		text_add(t, " (its end was not seen)");
	if (node->flags & NODE_IS_PRUNED)
		text_add(t, " (more below it, left out to save memory)");
}

static void fill_ioctl(struct tree_row *row, const struct node *node, bool ascii)
{
	const struct node_ioctl *io = NODE_AS_CONST(ioctl, node);
	const struct kb_ioctl *kb = kb_ioctl(io->cmd);

	(void)ascii;
	row->style = STYLE_IOCTL;
	text_add(&row->call, "ioctl ");
	ioctl_add_name(&row->call, io->cmd);
	ioctl_add_args(&row->call, io);
	ioctl_add_result(&row->result, io);
	if (io->func)
		text_add(&row->known, "%s", io->func->rung);
	if (kb)
		text_add(&row->means, "%s", kb->meaning);
}

static enum style func_style(const struct func_row *func)
{
	if (!func || !strcmp(func->layer, "kvm"))
		return STYLE_KVM;
	if (!strcmp(func->layer, "vmm"))
		return STYLE_VMM;
	return !strcmp(func->layer, "vendor") ? STYLE_VENDOR : STYLE_KVM;
}

static const struct kb_concept *func_concept(const struct func_row *func)
{
	enum kb_side side;
	const struct kb_concept *kb;

	if (!func)
		return NULL;
	side = !strcmp(func->layer, "vmm") ? KB_VMM : KB_KERNEL;
	kb = *func->concept ? kb_concept(side, func->concept) : NULL;
	return kb ? kb : kb_concept(side, func->symbol);
}

/* x86 returns an int in the low half of a register; what is above it means nothing. */
static void add_func_result(struct text *t, const struct node_func *f)
{
	if (!f->func || f->node.flags & NODE_END_UNSEEN)
		return;
	if (!strcmp(f->func->returns, "int") && !strcmp(f->func->layer, "vmm"))
		text_add(t, "%d", (int32_t)f->result); /* -1 there is no -EPERM */
	else if (!strcmp(f->func->returns, "int"))
		result_add(t, (int32_t)f->result);
	else if (!strcmp(f->func->returns, "bool"))
		text_add(t, "%s", f->result & 1 ? "true" : "false");
	else if (!strcmp(f->func->returns, "pointer") && f->result < 0 && f->result >= -4095)
		result_add(t, f->result);
	else if (!strcmp(f->func->returns, "pointer"))
		text_add(t, "%s", f->result ? "pointer" : "NULL");
}

static void fill_func(struct tree_row *row, const struct node *node, bool ascii)
{
	const struct node_func *f = NODE_AS_CONST(func, node);
	const struct kb_concept *kb = func_concept(f->func);

	(void)ascii;
	row->style = func_style(f->func);
	if (f->func) {
		text_add(&row->call, "%s", f->func->symbol);
		text_add(&row->where, "%s", f->func->owner);
		text_add(&row->known, "%s", f->func->rung);
	} else {
		text_add(&row->call, "function %u, not in the table", f->func_id);
	}
	add_func_result(&row->result, f);
	if (kb)
		text_add(&row->means, "%s", kb->meaning);
}

static void fill_guest(struct tree_row *row, const struct node *node, bool ascii)
{
	const struct node_guest *g = NODE_AS_CONST(guest, node);

	row->style = STYLE_GUEST;
	text_add(&row->call, "%s guest  rip 0x%llx", glyph(ascii, GLYPH_GUEST),
		 (unsigned long long)g->rip);
	if (g->interrupt_cnt) {
		text_add(&row->call, ", ");
		text_add_count(&row->call, g->interrupt_cnt);
		text_add(&row->call, g->interrupt_cnt == 1 ? " interrupt" : " interrupts");
	}
	text_add(&row->known, "tracepoint");
	text_add(&row->means, "the guest's own instructions run on the processor");
}

static void fill_exit(struct tree_row *row, const struct node *node, bool ascii)
{
	const struct node_exit *e = NODE_AS_CONST(exit, node);

	row->style = STYLE_EXIT;
	text_add(&row->call, "%s ", glyph(ascii, GLYPH_EXIT));
	exit_add_name(&row->call, e->isa, e->reason);
	text_pad(&row->call, 8);
	text_add(&row->call, " ");
	exit_add_detail(&row->call, e, ascii);
	while (row->call.sz && row->call.at[row->call.sz - 1] == ' ')
		row->call.at[--row->call.sz] = '\0';
	text_add(&row->known, "tracepoint");
	if (e->user_error < 0) {
		result_add(&row->result, e->user_error);
	} else if (e->user_reason >= 0) {
		const struct kb_exit *kb = kb_kvm_exit((uint32_t)e->user_reason);

		if (kb)
			text_add(&row->result, "%s", kb->name);
		else
			text_add(&row->result, "KVM_EXIT_%lld", (long long)e->user_reason);
	}
	text_add(&row->means, "%s", exit_meaning(e));
}

static void fill_detail(struct tree_row *row, const struct node *node, bool ascii)
{
	row->style = STYLE_EXIT;
	text_add(&row->call, "%s ? ", glyph(ascii, GLYPH_EXIT));
	detail_add(&row->call, &NODE_AS_CONST(detail, node)->detail, ascii);
	text_add(&row->known, "tracepoint");
	text_add(&row->means, "its exit was not seen");
}

static void fill_lost(struct tree_row *row, const struct node *node, bool ascii)
{
	const struct node_lost *lost = NODE_AS_CONST(lost, node);

	row->style = STYLE_BAD;
	text_add(&row->call, "%s ", glyph(ascii, GLYPH_LOST));
	text_add_count(&row->call, lost->lost_cnt);
	text_add(&row->call, " record%s lost here, on CPU %u", lost->lost_cnt == 1 ? "" : "s",
		 lost->cpu);
	text_add(&row->means, "%s", lost->cause == REC_LOST_RING_FULL ?
		 "the buffer was full: record with a larger one" :
		 lost->cause == REC_LOST_READ_FAULT ? "the kernel's memory could not be read" :
		 "for a reason that this kvmtree does not know");
}

static void fill_thread(struct tree_row *row, const struct node *node, bool ascii)
{
	const struct node_thread *t = NODE_AS_CONST(thread, node);

	(void)ascii;
	row->style = STYLE_HEAD;
	text_add(&row->call, "thread %u", t->tid);
	if (node->vcpu >= 0)
		text_add(&row->call, ": vCPU %d", node->vcpu);
	else if (t->comm[0])
		text_add(&row->call, " (%s)", t->comm);
}

static void fill_inferred(struct tree_row *row, const struct node *node, bool ascii)
{
	const struct func_row *func = NODE_AS_CONST(inferred, node)->func;
	const struct kb_concept *kb = func_concept(func);

	row->style = STYLE_DIM;
	text_add(&row->call, "%s", func->symbol);
	text_add(&row->where, "%s", func->owner);
	text_add(&row->known, "inlined");
	text_add(&row->result, "%s inlined here %s", glyph(ascii, GLYPH_DOTS),
		 glyph(ascii, GLYPH_DOTS));
	if (kb)
		text_add(&row->means, "%s", kb->meaning);
}

/* --- folded ones -------------------------------------------------------------- */

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
	summary_list(t, node->first, in_kernel, ascii);
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

void tree_add_summary(struct text *t, const struct node *node, bool ascii)
{
	summary_list(t, node, false, ascii);
}

/* The host's interrupts in all iterations of what is folded here. */
static uint64_t interrupt_cnt(const struct node *node)
{
	uint64_t cnt = 0;

	if (node->kind == NODE_GUEST)
		cnt = NODE_AS_CONST(guest, node)->interrupt_cnt +
		      NODE_AS_CONST(guest, node)->folded_interrupt_cnt;
	for (const struct node *child = node->first; child; child = child->next)
		cnt += interrupt_cnt(child);
	return cnt;
}

static void fill_group(struct tree_row *row, const struct node *node, bool ascii)
{
	const struct node_group *g = NODE_AS_CONST(group, node);
	const struct hist *h = &g->times;
	const uint64_t interrupts = interrupt_cnt(node);

	row->style = STYLE_FOLD;
	text_add_count(&row->call, g->iteration_cnt);
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
	if (interrupts) {
		text_add(&row->means, ", ");
		text_add_count(&row->means, interrupts);
		text_add(&row->means, interrupts == 1 ? " interrupt" : " interrupts");
	}
}

static void fill_mix(struct tree_row *row, const struct node *node, bool ascii)
{
	const struct node_mix *m = NODE_AS_CONST(mix, node);

	row->style = STYLE_FOLD;
	text_add_count(&row->call, m->node_cnt);
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

typedef void fill_fn(struct tree_row *row, const struct node *node, bool ascii);

static fill_fn *const fills[NODE_KIND_CNT] = {
	[NODE_THREAD] = fill_thread, [NODE_IOCTL] = fill_ioctl, [NODE_FUNC] = fill_func,
	[NODE_GUEST] = fill_guest,   [NODE_EXIT] = fill_exit,	[NODE_DETAIL] = fill_detail,
	[NODE_LOST] = fill_lost,     [NODE_GROUP] = fill_group, [NODE_MIX] = fill_mix,
	[NODE_INFERRED] = fill_inferred,
};

/* In a mix, a node stands for many: how many, and what, in one line. */
static void fill_many(struct tree_row *row, const struct node *node, bool ascii)
{
	text_clear(&row->call);
	text_add_count(&row->call, node->instance_cnt);
	text_add(&row->call, " %s [ ", glyph(ascii, GLYPH_TIMES));
	if (node->kind == NODE_GROUP)
		summary_group(&row->call, node, false, ascii);
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

void tree_row_fill(struct tree_row *row, const struct node *node, bool ascii)
{
	text_clear(&row->call);
	text_clear(&row->where);
	text_clear(&row->known);
	text_clear(&row->result);
	text_clear(&row->time);
	text_clear(&row->means);
	row->style = STYLE_PLAIN;
	if (!fills[node->kind])
		return;
	fills[node->kind](row, node, ascii);
	if (node->kind == NODE_IOCTL || node->kind == NODE_FUNC || node->kind == NODE_GUEST ||
	    node->kind == NODE_EXIT)
		add_duration(&row->time, node, ascii);
	add_unseen(&row->call, node);
	if (node->parent && node->parent->kind == NODE_MIX)
		fill_many(row, node, ascii);
}

const char *tree_why(const struct node *node)
{
	const struct kb_concept *kb = NULL;

	if (node->kind == NODE_FUNC)
		kb = func_concept(NODE_AS_CONST(func, node)->func);
	else if (node->kind == NODE_INFERRED)
		kb = func_concept(NODE_AS_CONST(inferred, node)->func);
	return kb && *kb->why ? kb->why : NULL;
}
