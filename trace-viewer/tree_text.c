/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Small printers for each kind of node: its call and its result; and its whole row. */
#include "trace-viewer/tree_text.h"

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/exit_detail.h"
#include "trace-viewer/fold_text.h"
#include "trace-viewer/instruction.h"
#include "trace-viewer/ioctl_text.h"
#include "trace-viewer/kb.h"
#include "trace-viewer/note_text.h"
#include "trace-viewer/symbols.h"
#include "trace-viewer/tree_cells.h"
#include "trace-viewer/value_text.h"

/* --- ioctls and functions ------------------------------------------------------- */

static void call_ioctl(struct text *t, const struct node *node, bool ascii)
{
	const struct node_ioctl *io = NODE_AS_CONST(ioctl, node);

	(void)ascii;
	text_put(t, "ioctl ");
	ioctl_add_name(t, io->cmd);
	ioctl_add_args(t, io);
}

static void result_ioctl(struct text *t, const struct node *node, bool ascii)
{
	(void)ascii;
	ioctl_add_result(t, NODE_AS_CONST(ioctl, node));
}

static void call_func(struct text *t, const struct node *node, bool ascii)
{
	const struct node_func *f = NODE_AS_CONST(func, node);

	(void)ascii;
	if (!f->func) {
		text_add(t, "function %u, not in the table", f->func_id);
		return;
	}
	text_put(t, f->func->symbol);
	args_add(t, f);
}

static void result_func(struct text *t, const struct node *node, bool ascii)
{
	const struct node_func *f = NODE_AS_CONST(func, node);

	(void)ascii;
	if (f->func && !(node->flags & NODE_END_UNSEEN))
		value_add_result(t, f->func, f->result);
}

static void call_inferred(struct text *t, const struct node *node, bool ascii)
{
	(void)ascii;
	text_add(t, "%s", NODE_AS_CONST(inferred, node)->func->symbol);
}

static void result_inferred(struct text *t, const struct node *node, bool ascii)
{
	(void)node;
	text_add(t, "%s inlined here %s", glyph(ascii, GLYPH_DOTS), glyph(ascii, GLYPH_DOTS));
}

/* "startup_64+0x10" */
static void add_symbol(struct text *t, const char *before, uint64_t rip)
{
	uint64_t offset;
	const char *name = symbols_name(rip, &offset);

	if (!name)
		return;
	text_add(t, "%s%s", before, name);
	if (!offset)
		return;
	text_put(t, "+");
	text_put_hex(t, offset);
}

/* --- the guest and its exits ------------------------------------------------------ */

static void call_guest(struct text *t, const struct node *node, bool ascii)
{
	const struct node_guest *g = NODE_AS_CONST(guest, node);

	text_put(t, glyph(ascii, GLYPH_GUEST));
	text_put(t, " guest  rip ");
	text_put_hex(t, g->rip);
	add_symbol(t, " in ", g->rip);
	if (g->inject.is_there) {
		text_put(t, ", ");
		inject_add(t, &g->inject);
	}
	if (!g->interrupt_cnt)
		return;
	text_add(t, ", ");
	text_add_count(t, g->interrupt_cnt);
	text_add(t, g->interrupt_cnt == 1 ? " interrupt" : " interrupts");
}

static void call_exit(struct text *t, const struct node *node, bool ascii)
{
	const struct node_exit *e = NODE_AS_CONST(exit, node);
	size_t size;

	text_put(t, glyph(ascii, GLYPH_EXIT));
	text_put(t, " ");
	exit_add_name(t, e->isa, e->reason);
	text_pad(t, 8);
	text_put(t, " ");
	size = t->sz;
	exit_add_detail(t, e, ascii);
	add_symbol(t, t->sz > size ? ", at " : "at ", e->rip);
	instruction_add(t, e, ": ");
	while (t->sz && t->at[t->sz - 1] == ' ')
		t->at[--t->sz] = '\0';
}

static void result_exit(struct text *t, const struct node *node, bool ascii)
{
	const struct node_exit *e = NODE_AS_CONST(exit, node);
	const struct kb_exit *kb;

	(void)ascii;
	if (e->user_error < 0) {
		result_add(t, e->user_error);
	} else if (e->user_reason >= 0) {
		kb = kb_kvm_exit((uint32_t)e->user_reason);
		if (kb)
			text_put(t, kb->name);
		else
			text_add(t, "KVM_EXIT_%llu", (unsigned long long)e->user_reason);
	}
}

static void call_detail(struct text *t, const struct node *node, bool ascii)
{
	text_add(t, "%s ? ", glyph(ascii, GLYPH_EXIT));
	detail_add(t, &NODE_AS_CONST(detail, node)->detail, ascii);
}

static void call_note(struct text *t, const struct node *node, bool ascii)
{
	text_put(t, glyph(ascii, GLYPH_NOTE));
	text_put(t, " ");
	note_add(t, &NODE_AS_CONST(detail, node)->detail, ascii);
}

/* --- losses and threads ------------------------------------------------------------- */

static void call_lost(struct text *t, const struct node *node, bool ascii)
{
	const struct node_lost *lost = NODE_AS_CONST(lost, node);

	text_add(t, "%s ", glyph(ascii, GLYPH_LOST));
	text_add_count(t, lost->lost_cnt);
	text_add(t, " record%s lost here, on CPU %u", lost->lost_cnt == 1 ? "" : "s", lost->cpu);
}

static void call_thread(struct text *t, const struct node *node, bool ascii)
{
	const struct node_thread *thread = NODE_AS_CONST(thread, node);

	(void)ascii;
	text_add(t, "thread %u", thread->tid);
	if (node->vcpu >= 0)
		text_add(t, ": vCPU %d", node->vcpu);
	else if (thread->comm[0])
		text_add(t, " (%s)", thread->comm);
}

/* --- rows ------------------------------------------------------------------------ */

struct kind_text {
	void (*call)(struct text *t, const struct node *node, bool ascii);
	void (*result)(struct text *t, const struct node *node, bool ascii);
	bool has_time;
};

static const struct kind_text kinds[NODE_KIND_CNT] = {
	[NODE_THREAD] = { call_thread, NULL, false },
	[NODE_IOCTL] = { call_ioctl, result_ioctl, true },
	[NODE_FUNC] = { call_func, result_func, true },
	[NODE_GUEST] = { call_guest, NULL, true },
	[NODE_EXIT] = { call_exit, result_exit, true },
	[NODE_DETAIL] = { call_detail, NULL, false },
	[NODE_NOTE] = { call_note, NULL, false },
	[NODE_LOST] = { call_lost, NULL, false },
	[NODE_INFERRED] = { call_inferred, result_inferred, false },
};

const char *tree_unseen(uint8_t flags)
{
	if (flags & NODE_BEGIN_UNSEEN)
		return " (its begin was not seen)";
	return flags & NODE_END_UNSEEN ? " (its end was not seen)" : "";
}

void tree_add_call(struct text *t, const struct node *node, bool ascii)
{
	if (kinds[node->kind].call)
		kinds[node->kind].call(t, node, ascii);
	if (node->off_cpu) {
		/* of a frame that stands for many, as those in a fold, TIME is the first one's */
		text_put(t, node->instance_cnt > 1 ? ", in all " : ", ");
		off_cpu_add_text(t, node->off_cpu, ascii);
	}
}

void tree_add_result(struct text *t, const struct node *node, bool ascii)
{
	if (kinds[node->kind].result)
		kinds[node->kind].result(t, node, ascii);
}

bool tree_has_time(const struct node *node)
{
	return kinds[node->kind].has_time && !(node->flags & NODE_BEGIN_UNSEEN);
}

uint64_t tree_time_ns(const struct node *node)
{
	uint64_t ns = node_duration(node);

	return node->kind == NODE_GUEST ? ns - NODE_AS_CONST(guest, node)->interrupt_ns : ns;
}

bool tree_is_unsure(const struct node *node)
{
	return node->flags & (NODE_END_UNSEEN | NODE_SPANS_LOSS);
}

void tree_add_time(struct text *t, uint64_t ns, bool is_unsure, bool ascii)
{
	if (is_unsure)
		text_put(t, glyph(ascii, GLYPH_AT_LEAST));
	text_add_ns(t, ns, ascii);
}

static void row_clear(struct tree_row *row)
{
	text_clear(&row->call);
	text_clear(&row->where);
	text_clear(&row->known);
	text_clear(&row->result);
	text_clear(&row->time);
	text_clear(&row->means);
	row->style = STYLE_PLAIN;
}

static void fill_plain(struct tree_row *row, const struct node *node, bool ascii)
{
	struct tree_cells cells;

	tree_cells(&cells, node);
	row->style = cells.style;
	text_add(&row->where, "%s", cells.where);
	text_add(&row->known, "%s", cells.known);
	text_add(&row->means, "%s", cells.means);
	tree_add_call(&row->call, node, ascii);
	tree_add_result(&row->result, node, ascii);
	if (tree_has_time(node))
		tree_add_time(&row->time, tree_time_ns(node), tree_is_unsure(node), ascii);
}

void tree_row_fill(struct tree_row *row, const struct node *node, bool ascii)
{
	row_clear(row);
	if (node->kind == NODE_GROUP)
		fold_fill_group(row, node, ascii);
	else if (node->kind == NODE_MIX)
		fold_fill_mix(row, node, ascii);
	else
		fill_plain(row, node, ascii);
	text_add(&row->call, "%s", tree_unseen(node->flags));
	if (node->flags & NODE_IS_PRUNED)
		text_add(&row->call, " (more below it, left out to save memory)");
	if (node->parent && node->parent->kind == NODE_MIX)
		fold_fill_many(row, node, ascii);
}
