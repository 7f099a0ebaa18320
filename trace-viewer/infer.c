/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Where an inlined function was: the rows' `under` column says what is below what. */
#include "trace-viewer/infer.h"

#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/kb.h"

#define INLINED_MAX 256
#define CHAIN_MAX   8

/* So many functions are looked back over, from one callee of an inlined function to the one before. */
#define BETWEEN_MAX 64

/* Rows that name one another could make frames without end; a recording has some tens a vCPU. */
#define INFERRED_NODES_MAX 20000u

struct infer {
	const struct model *model;
	uint32_t func_cnt; /* of the model when rows were filled */
	const struct func_row *rows[INLINED_MAX];
	uint32_t cnt;
	uint32_t node_cnt; /* frames made so far */
	bool has_leaves;   /* those below which nothing was seen are wanted, too */
};

/* Is this the frame that `under` names? */
static bool is_under(const char *under, const struct node *frame)
{
	const struct func_row *row = NULL;

	if (!strncmp(under, "ioctl:", 6)) {
		const char *name = frame->kind == NODE_IOCTL ?
			kb_ioctl_name(NODE_AS_CONST(ioctl, frame)->cmd) : NULL;

		return name && !strcmp(name, under + 6);
	}
	if (strncmp(under, "concept:", 8))
		return false;
	if (frame->kind == NODE_FUNC)
		row = NODE_AS_CONST(func, frame)->func;
	else if (frame->kind == NODE_INFERRED)
		row = NODE_AS_CONST(inferred, frame)->func;
	return row && strcmp(row->layer, "vmm") && !strcmp(row->concept, under + 8);
}

static const struct func_row *inlined_find(struct infer *in, const char *under)
{
	if (strncmp(under, "concept:", 8))
		return NULL;
	for (uint32_t i = 0; i < in->cnt; i++)
		if (!strcmp(in->rows[i]->concept, under + 8))
			return in->rows[i];
	return NULL;
}

/* The inlined rows between frame and child, outermost first; 0 when child is right below. */
static uint32_t chain_find(struct infer *in, const struct node *frame,
			   const struct node *child, const struct func_row **chain)
{
	const struct func_row *found[CHAIN_MAX], *row;
	const char *under;
	uint32_t cnt = 0;

	while (child && child->kind == NODE_GROUP)
		child = child->first;
	if (!child || child->kind != NODE_FUNC || !NODE_AS_CONST(func, child)->func)
		return 0;
	under = NODE_AS_CONST(func, child)->func->under;
	while (cnt < CHAIN_MAX && !is_under(under, frame)) {
		row = inlined_find(in, under);
		if (!row)
			return 0;
		found[cnt++] = row;
		under = row->under;
	}
	if (!is_under(under, frame))
		return 0;
	for (uint32_t i = 0; i < cnt; i++)
		chain[i] = found[cnt - 1 - i];
	return cnt;
}

static struct node *inferred_new(struct infer *in, struct node *parent, struct node *after,
				 const struct func_row *row, uint64_t start_ns)
{
	struct node *node;

	if (in->node_cnt == INFERRED_NODES_MAX)
		return NULL;
	node = node_new(NODE_INFERRED, start_ns);
	if (!node)
		return NULL;
	in->node_cnt++;
	NODE_AS(inferred, node)->func = row;
	node->vm = parent->vm;
	node->vcpu = parent->vcpu;
	node->instance_cnt = parent->instance_cnt;
	node_insert_after(parent, after, node);
	return node;
}

/* The inferred frame of `row` that is last below parent, or a new one after `after`. */
static struct node *inferred_get(struct infer *in, struct node *parent, struct node *after,
				 const struct func_row *row, const struct node *child)
{
	if (after && after->kind == NODE_INFERRED && NODE_AS(inferred, after)->func == row)
		return after;
	return inferred_new(in, parent, after, row, child->start_ns);
}

/* A function that no row places: it is not of the walk. */
static bool is_unplaced(const struct node *node)
{
	const struct func_row *row;

	while (node && node->kind == NODE_GROUP)
		node = node->first;
	row = node && node->kind == NODE_FUNC ? NODE_AS_CONST(func, node)->func : NULL;
	return row && !row->is_vmm && !*row->under;
}

/*
 * An inlined function's code is in one piece: what comes between two of its callees is called by it, too,
 * or by what is inlined into it. Moves that below the last inferred frame of the chain.
 */
static void between_move(struct node *child, const struct func_row *const *chain, uint32_t cnt)
{
	struct node *before = child->prev, *first = NULL, *into, *next;

	for (unsigned int n = 0; before && is_unplaced(before) && n < BETWEEN_MAX; n++) {
		first = before;
		before = before->prev;
	}
	if (!first || !cnt || !before || before->kind != NODE_INFERRED ||
	    NODE_AS(inferred, before)->func != chain[0])
		return;
	into = before;
	for (uint32_t i = 1; i < cnt && into->last && into->last->kind == NODE_INFERRED &&
	     NODE_AS(inferred, into->last)->func == chain[i]; i++)
		into = into->last;
	for (; first != child; first = next) {
		next = first->next;
		node_unlink(first);
		node_append(into, first);
	}
}

static void child_move(struct infer *in, struct node *frame, struct node *child)
{
	const struct func_row *chain[CHAIN_MAX];
	uint32_t cnt = chain_find(in, frame, child, chain);
	struct node *parent = frame, *after;

	between_move(child, chain, cnt);
	after = child->prev;
	for (uint32_t i = 0; i < cnt; i++) {
		parent = inferred_get(in, parent, after, chain[i], child);
		if (!parent)
			return;
		after = parent->last;
	}
	if (parent == frame)
		return;
	node_unlink(child);
	node_append(parent, child);
}

static bool has_inferred(const struct node *frame, const struct func_row *row)
{
	for (const struct node *child = frame->first; child; child = child->next)
		if (child->kind == NODE_INFERRED && NODE_AS_CONST(inferred, child)->func == row)
			return true;
	return false;
}

/* Inlined callees below which nothing was seen. `depth` ends rows that name each other. */
static void leaves_add(struct infer *in, struct node *frame, unsigned int depth)
{
	for (uint32_t i = 0; i < in->cnt; i++) {
		const struct func_row *row = in->rows[i];

		if (is_under(row->under, frame) && !has_inferred(frame, row))
			inferred_new(in, frame, frame->last, row, frame->end_ns);
	}
	if (depth >= CHAIN_MAX)
		return;
	for (struct node *child = frame->first; child; child = child->next)
		if (child->kind == NODE_INFERRED)
			leaves_add(in, child, depth + 1);
}

static void infer_below(struct infer *in, struct node *node)
{
	struct node *next;

	if (node->kind == NODE_IOCTL && NODE_AS(ioctl, node)->cmd == KVM_RUN)
		return; /* exits have no functions of the walk below them: spare the time */
	for (struct node *child = node->first; child; child = next) {
		next = child->next;
		infer_below(in, child);
	}
	if (node->kind != NODE_IOCTL && node->kind != NODE_FUNC)
		return;
	if (node->flags & NODE_IS_PRUNED)
		return;
	if (node->kind == NODE_FUNC && NODE_AS(func, node)->func && NODE_AS(func, node)->func->is_vmm)
		return; /* functions of the VMM have nothing inlined below them */
	for (struct node *child = node->first; child; child = next) {
		next = child->next;
		child_move(in, node, child);
	}
	if (in->has_leaves)
		leaves_add(in, node, 0);
}

/* The inlined rows in the order of the table, which is that of the walk. */
static void rows_fill(struct infer *in)
{
	const struct filter *filter = in->model->filter;

	in->func_cnt = in->model->func_cnt;
	in->cnt = 0;
	for (uint32_t i = 0; i < in->model->func_end && in->cnt < INLINED_MAX; i++) {
		const struct func_row *row = in->model->funcs[i];
		uint32_t at = in->cnt;

		if (!row || strcmp(row->rung, "inlined") ||
		    (filter && !filter_has_line(filter, row->layer, row->rung)))
			continue;
		for (; at && in->rows[at - 1]->id > row->id; at--)
			in->rows[at] = in->rows[at - 1];
		in->rows[at] = row;
		in->cnt++;
	}
}

struct infer *infer_new(const struct model *model)
{
	struct infer *in = calloc(1, sizeof(*in));

	if (!in)
		return NULL;
	in->model = model;
	in->has_leaves = !model->filter || filter_keeps_whole(model->filter);
	rows_fill(in);
	return in;
}

void infer_free(struct infer *in)
{
	free(in);
}

void infer_frame(struct infer *in, struct node *node)
{
	if (in->func_cnt != in->model->func_cnt)
		rows_fill(in); /* more of the table came */
	in->node_cnt = 0;
	if (in->cnt)
		infer_below(in, node);
}

void infer_frames(struct model *model)
{
	struct infer *in = infer_new(model);

	for (uint32_t i = 0; in && in->cnt && i <= model->vm_cnt; i++)
		infer_below(in, model->vms[i]->root);
	infer_free(in);
}
