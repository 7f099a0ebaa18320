/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What nodes of a kind share: their style, whose they are, how they are known, what they mean. */
#include "trace-viewer/tree_cells.h"

#include <string.h>

#include "trace-viewer/exit_decode.h"
#include "trace-viewer/kb.h"
#include "trace-viewer/note_text.h"

/* --- ioctls and functions ------------------------------------------------------- */

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

static void cells_inferred(struct tree_cells *cells, const struct node *node)
{
	cells->style = STYLE_DIM;
	cells_of_row(cells, NODE_AS_CONST(inferred, node)->func);
	cells->known = "inlined";
}

/* --- the guest and its exits ------------------------------------------------------ */

static void cells_guest(struct tree_cells *cells, const struct node *node)
{
	(void)node;
	cells->style = STYLE_GUEST;
	cells->known = "tracepoint";
	cells->means = "the guest's own instructions run on the processor";
}

static void cells_exit(struct tree_cells *cells, const struct node *node)
{
	cells->style = STYLE_EXIT;
	cells->known = "tracepoint";
	cells->means = exit_meaning(NODE_AS_CONST(exit, node));
}

static void cells_detail(struct tree_cells *cells, const struct node *node)
{
	(void)node;
	cells->style = STYLE_EXIT;
	cells->known = "tracepoint";
	cells->means = "its exit was not seen";
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

static void cells_lost(struct tree_cells *cells, const struct node *node)
{
	const struct node_lost *lost = NODE_AS_CONST(lost, node);

	cells->style = STYLE_BAD;
	cells->means = lost->cause == REC_LOST_RING_FULL ?
		"the buffer was full: record with a larger one" :
		lost->cause == REC_LOST_READ_FAULT ? "the kernel's memory could not be read" :
		"for a reason that this kvmtree does not know";
}

static void cells_thread(struct tree_cells *cells, const struct node *node)
{
	(void)node;
	cells->style = STYLE_HEAD;
}

/* --- rows ------------------------------------------------------------------------ */

static void (*const kinds[NODE_KIND_CNT])(struct tree_cells *cells, const struct node *node) = {
	[NODE_THREAD] = cells_thread, [NODE_IOCTL] = cells_ioctl,   [NODE_FUNC] = cells_func,
	[NODE_GUEST] = cells_guest,   [NODE_EXIT] = cells_exit,	    [NODE_DETAIL] = cells_detail,
	[NODE_NOTE] = cells_note,     [NODE_LOST] = cells_lost,	    [NODE_INFERRED] = cells_inferred,
};

void tree_cells(struct tree_cells *cells, const struct node *node)
{
	*cells = (struct tree_cells){ "", "", "", STYLE_PLAIN };
	if (kinds[node->kind])
		kinds[node->kind](cells, node);
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
