/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Small printers for each kind of node: its call, its result, and what all of its like share. */
#include "trace-viewer/tree_text.h"

#include <linux/kvm.h>
#include <string.h>

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/fold_text.h"
#include "trace-viewer/instruction.h"
#include "trace-viewer/ioctl_text.h"
#include "trace-viewer/kb.h"
#include "trace-viewer/note_text.h"
#include "trace-viewer/symbols.h"
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

static void cells_ioctl(struct tree_cells *cells, const struct node *node)
{
	const struct node_ioctl *io = NODE_AS_CONST(ioctl, node);
	const struct kb_ioctl *kb = kb_ioctl(io->cmd);

	cells->style = STYLE_IOCTL;
	if (io->func)
		cells->known = io->func->rung;
	if (kb)
		cells->means = kb->meaning;
}

static enum style func_style(const struct func_row *func)
{
	if (!func || !strcmp(func->layer, "kvm"))
		return STYLE_KVM;
	if (func->is_vmm)
		return STYLE_VMM;
	return !strcmp(func->layer, "vendor") ? STYLE_VENDOR : STYLE_KVM;
}

const struct kb_concept *tree_func_concept(const struct func_row *func)
{
	enum kb_side side;
	const struct kb_concept *kb;

	if (!func)
		return NULL;
	side = func->is_vmm ? KB_VMM : KB_KERNEL;
	kb = *func->concept ? kb_concept(side, func->concept) : NULL;
	return kb ? kb : kb_concept(side, func->symbol);
}

static void cells_of_row(struct tree_cells *cells, const struct func_row *func)
{
	const struct kb_concept *kb = tree_func_concept(func);

	if (func)
		cells->where = func->owner;
	if (kb)
		cells->means = kb->meaning;
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

/* A rung as the column has room for it: none is wider than "tracepoint". */
static const char *known_word(const char *rung)
{
	return strcmp(rung, "kprobe.multi") ? rung : "k.multi";
}

static void cells_func(struct tree_cells *cells, const struct node *node)
{
	const struct func_row *func = NODE_AS_CONST(func, node)->func;

	cells->style = func_style(func);
	cells_of_row(cells, func);
	if (func)
		cells->known = known_word(func->rung);
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

static void cells_inferred(struct tree_cells *cells, const struct node *node)
{
	cells->style = STYLE_DIM;
	cells_of_row(cells, NODE_AS_CONST(inferred, node)->func);
	cells->known = "inlined";
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

static void cells_guest(struct tree_cells *cells, const struct node *node)
{
	(void)node;
	cells->style = STYLE_GUEST;
	cells->known = "tracepoint";
	cells->means = "the guest's own instructions run on the processor";
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

static void cells_exit(struct tree_cells *cells, const struct node *node)
{
	cells->style = STYLE_EXIT;
	cells->known = "tracepoint";
	cells->means = exit_meaning(NODE_AS_CONST(exit, node));
}

static void call_detail(struct text *t, const struct node *node, bool ascii)
{
	text_add(t, "%s ? ", glyph(ascii, GLYPH_EXIT));
	detail_add(t, &NODE_AS_CONST(detail, node)->detail, ascii);
}

static void cells_detail(struct tree_cells *cells, const struct node *node)
{
	(void)node;
	cells->style = STYLE_EXIT;
	cells->known = "tracepoint";
	cells->means = "its exit was not seen";
}

static void call_note(struct text *t, const struct node *node, bool ascii)
{
	text_put(t, glyph(ascii, GLYPH_NOTE));
	text_put(t, " ");
	note_add(t, &NODE_AS_CONST(detail, node)->detail, ascii);
}

static void cells_note(struct tree_cells *cells, const struct node *node)
{
	const struct kb_concept *kb = note_concept(&NODE_AS_CONST(detail, node)->detail);

	cells->style = STYLE_DIM;
	cells->known = "tracepoint";
	if (kb)
		cells->means = kb->meaning;
}

/* --- losses and threads ------------------------------------------------------------- */

static void call_lost(struct text *t, const struct node *node, bool ascii)
{
	const struct node_lost *lost = NODE_AS_CONST(lost, node);

	text_add(t, "%s ", glyph(ascii, GLYPH_LOST));
	text_add_count(t, lost->lost_cnt);
	text_add(t, " record%s lost here, on CPU %u", lost->lost_cnt == 1 ? "" : "s", lost->cpu);
}

static void cells_lost(struct tree_cells *cells, const struct node *node)
{
	const struct node_lost *lost = NODE_AS_CONST(lost, node);

	cells->style = STYLE_BAD;
	cells->means = lost->cause == REC_LOST_RING_FULL ?
		"the buffer was full: record with a larger one" :
		lost->cause == REC_LOST_READ_FAULT ? "the kernel's memory could not be read" :
		"for a reason that this kvmtree does not know";
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

static void cells_thread(struct tree_cells *cells, const struct node *node)
{
	(void)node;
	cells->style = STYLE_HEAD;
}

/* --- rows ------------------------------------------------------------------------ */

struct kind_text {
	void (*call)(struct text *t, const struct node *node, bool ascii);
	void (*result)(struct text *t, const struct node *node, bool ascii);
	void (*cells)(struct tree_cells *cells, const struct node *node);
	bool has_time;
};

static const struct kind_text kinds[NODE_KIND_CNT] = {
	[NODE_THREAD] = { call_thread, NULL, cells_thread, false },
	[NODE_IOCTL] = { call_ioctl, result_ioctl, cells_ioctl, true },
	[NODE_FUNC] = { call_func, result_func, cells_func, true },
	[NODE_GUEST] = { call_guest, NULL, cells_guest, true },
	[NODE_EXIT] = { call_exit, result_exit, cells_exit, true },
	[NODE_DETAIL] = { call_detail, NULL, cells_detail, false },
	[NODE_NOTE] = { call_note, NULL, cells_note, false },
	[NODE_LOST] = { call_lost, NULL, cells_lost, false },
	[NODE_INFERRED] = { call_inferred, result_inferred, cells_inferred, false },
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

void tree_cells(struct tree_cells *cells, const struct node *node)
{
	*cells = (struct tree_cells){ "", "", "", STYLE_PLAIN };
	if (kinds[node->kind].cells)
		kinds[node->kind].cells(cells, node);
}

uint64_t tree_cells_key(const struct node *node)
{
	uint64_t key = node->kind;

	switch (node->kind) {
	case NODE_IOCTL:
		key |= (uint64_t)(uintptr_t)NODE_AS_CONST(ioctl, node)->func << 8;
		return key ^ NODE_AS_CONST(ioctl, node)->cmd * 0x9e3779b97f4a7c15ull;
	case NODE_FUNC:
		return key | (uint64_t)(uintptr_t)NODE_AS_CONST(func, node)->func << 8;
	case NODE_INFERRED:
		return key | (uint64_t)(uintptr_t)NODE_AS_CONST(inferred, node)->func << 8;
	case NODE_EXIT:
		return key | exit_meaning_key(NODE_AS_CONST(exit, node)) << 8;
	case NODE_GUEST:
		return key | (uint64_t)NODE_AS_CONST(guest, node)->inject.is_there << 8 |
		       (uint64_t)NODE_AS_CONST(guest, node)->inject.type << 9;
	case NODE_NOTE:
		return key | (uint64_t)NODE_AS_CONST(detail, node)->detail.kind << 8;
	case NODE_LOST:
		return key | (uint64_t)NODE_AS_CONST(lost, node)->cause << 8;
	default:
		return key;
	}
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
