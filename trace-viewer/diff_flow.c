/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From a model's trees to a flow. */
#include "trace-viewer/diff_flow.h"

#include <stdlib.h>
#include <string.h>

#include "trace-viewer/diff_label.h"
#include "trace-viewer/diff_loops.h"
#include "trace-viewer/walk_path.h"

/* --- lists -------------------------------------------------------------------- */

void flow_append(struct flow *parent, struct flow *flow)
{
	flow->parent = parent;
	flow->prev = parent->last;
	*(parent->last ? &parent->last->next : &parent->first) = flow;
	parent->last = flow;
}

struct flow *flow_make(struct flow *parent, enum flow_kind kind)
{
	struct flow *flow = calloc(1, sizeof(*flow));

	if (!flow)
		return NULL;
	flow->kind = kind;
	flow->layer = flow->concept = flow->meaning = flow->outcome = "";
	if (parent)
		flow_append(parent, flow);
	return flow;
}

void flow_unlink(struct flow *flow)
{
	struct flow *parent = flow->parent;

	*(flow->prev ? &flow->prev->next : &parent->first) = flow->next;
	*(flow->next ? &flow->next->prev : &parent->last) = flow->prev;
	flow->parent = flow->prev = flow->next = NULL;
}

void flow_free(struct flow *flow)
{
	struct flow *next;

	if (!flow)
		return;
	for (struct flow *child = flow->first; child; child = next) {
		next = child->next;
		flow_free(child);
	}
	free(flow->name);
	free(flow->detail);
	free(flow);
}

bool flow_is_frame(const struct flow *flow)
{
	return flow->kind != FLOW_ROOT && flow->kind != FLOW_LOOP && flow->kind != FLOW_MIX;
}

struct flow *flow_next(const struct flow *flow, const struct flow *root)
{
	if (flow->first)
		return flow->first;
	while (flow != root && !flow->next)
		flow = flow->parent;
	return flow == root ? NULL : flow->next;
}

/* --- labels of subtrees ---------------------------------------------------------- */

/* An order that both flows share, whatever names their frames have. */
static int by_tree_label(const void *a, const void *b)
{
	const struct flow *x = *(struct flow *const *)a, *y = *(struct flow *const *)b;
	int order = strcmp(x->concept, y->concept);

	if (!order)
		order = strcmp(x->detail ? x->detail : "", y->detail ? y->detail : "");
	if (!order && x->label != y->label)
		order = x->label < y->label ? -1 : 1;
	if (!order && x->tree_label != y->tree_label)
		order = x->tree_label < y->tree_label ? -1 : 1;
	return order;
}

/* What came in no order is put in one, and each thing told once, so that two of its kind compare. */
static void children_sort(struct flow *flow)
{
	struct flow **at;
	size_t cnt = 0, i = 0;

	for (struct flow *child = flow->first; child; child = child->next)
		cnt++;
	at = calloc(cnt + 1, sizeof(*at));
	if (!at)
		return;
	while (flow->first) {
		at[i++] = flow->first;
		flow_unlink(flow->first);
	}
	qsort(at, cnt, sizeof(*at), by_tree_label);
	for (i = 0; i < cnt; i++) {
		if (flow->last && flow->last->tree_label == at[i]->tree_label)
			flow_free(at[i]);
		else
			flow_append(flow, at[i]);
	}
	free(at);
}

void flow_close(struct flow *flow)
{
	if (flow->kind == FLOW_MIX)
		children_sort(flow);
	flow->tree_label = flow->label;
	flow->tree_cnt = 1;
	for (const struct flow *child = flow->first; child; child = child->next) {
		flow->tree_label = label_mix(flow->tree_label, child->tree_label);
		flow->tree_cnt += child->tree_cnt;
	}
	flow->tree_label = label_mix(flow->tree_label, 0); /* the list ends here */
}

/* --- from nodes --------------------------------------------------------------------- */

struct building {
	const struct flow_options *options;
	bool failed;
};

static void children_add(struct building *b, struct flow *parent, const struct node *node, bool in_path);

/* Is this where the part that --path names begins? */
static bool is_path(const struct building *b, const struct node *node)
{
	return node->kind == NODE_IOCTL &&
	       NODE_AS_CONST(ioctl, node)->cmd == walk_path_ioctl(b->options->path);
}

/* Frames that a flow leaves out, while what is below them stays. */
static bool is_transparent(const struct building *b, const struct node *node, bool in_path)
{
	bool is_loop = node->kind == NODE_GROUP || node->kind == NODE_MIX;

	if ((!in_path && !is_loop) || label_is_main_thread(node))
		return true;
	return b->options->has_no_vmm && label_is_vmm(node);
}

static void node_add(struct building *b, struct flow *parent, const struct node *node, bool in_path)
{
	struct flow *flow;

	in_path = in_path || is_path(b, node);
	if (label_is_left_out(node))
		return;
	if (is_transparent(b, node, in_path)) {
		children_add(b, parent, node, in_path);
		return;
	}
	flow = flow_make(parent, FLOW_FRAME);
	if (!flow || !label_flow(flow, node)) {
		b->failed = true;
		return;
	}
	children_add(b, flow, node, in_path);
	/* loops and mixes of what is left out are nothing */
	if ((flow->kind == FLOW_LOOP || flow->kind == FLOW_MIX) && !flow->first) {
		flow_unlink(flow);
		flow_free(flow);
		return;
	}
	if (flow->kind == FLOW_LOOP && flow->first->kind == FLOW_LOOP && !flow->first->next)
		flow_loop_flatten(flow);
	flow_close(flow);
	if (parent->kind != FLOW_MIX)
		flow_fold_last(parent);
}

static void children_add(struct building *b, struct flow *parent, const struct node *node, bool in_path)
{
	for (const struct node *child = node->first; child && !b->failed; child = child->next)
		node_add(b, parent, child, in_path);
}

static void vm_add(struct building *b, struct flow *root, const struct vm *vm)
{
	struct flow *flow;

	if (!vm->root || !vm->root->first || (b->options->vm && b->options->vm != (long)vm->number))
		return;
	flow = flow_make(root, FLOW_VM);
	if (!flow || !label_vm(flow, vm)) {
		b->failed = true;
		return;
	}
	children_add(b, flow, vm->root, !b->options->path);
	flow_close(flow);
}

struct flow *flow_new(const struct model *model, const struct flow_options *options)
{
	struct building b = { .options = options };
	struct flow *root = flow_make(NULL, FLOW_ROOT);

	if (!root)
		return NULL;
	for (uint32_t i = 1; i <= model->vm_cnt; i++)
		vm_add(&b, root, model->vms[i]);
	vm_add(&b, root, model->vms[0]);
	flow_close(root);
	if (b.failed) {
		flow_free(root);
		return NULL;
	}
	return root;
}

static bool has_vmm(const struct node *node)
{
	if (label_is_vmm(node))
		return true;
	for (const struct node *child = node->first; child; child = child->next)
		if (has_vmm(child))
			return true;
	return false;
}

bool flow_has_vmm(const struct model *model)
{
	for (uint32_t i = 0; i <= model->vm_cnt; i++)
		if (model->vms[i]->root && has_vmm(model->vms[i]->root))
			return true;
	return false;
}
