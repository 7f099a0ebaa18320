/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From a model's trees to a flow. */
#include "trace-viewer/diff_flow.h"

#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/diff_label.h"

#define PERIOD_MAX 8 /* frames that a loop may have */

/* --- lists -------------------------------------------------------------------- */

static void flow_append(struct flow *parent, struct flow *flow)
{
	flow->parent = parent;
	flow->prev = parent->last;
	*(parent->last ? &parent->last->next : &parent->first) = flow;
	parent->last = flow;
}

static struct flow *flow_make(struct flow *parent, enum flow_kind kind)
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

static void flow_unlink(struct flow *flow)
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

static void flow_close(struct flow *flow)
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

/* --- loops ----------------------------------------------------------------------- */

/* Do `period` frames before `later` say what `period` frames from `later` on say? */
static bool is_repeated(const struct flow *later, unsigned int period)
{
	const struct flow *earlier = later;

	for (unsigned int i = 0; i < period; i++)
		earlier = earlier ? earlier->prev : NULL;
	for (; period && earlier && later; period--, earlier = earlier->next, later = later->next)
		if (earlier->tree_label != later->tree_label)
			return false;
	return !period;
}

static void drop_last(struct flow *parent, unsigned int cnt)
{
	while (cnt--) {
		struct flow *last = parent->last;

		flow_unlink(last);
		flow_free(last);
	}
}

/* The last `period` children go into the loop before them, if they are its body again. */
static bool loop_take(struct flow *parent, unsigned int period)
{
	struct flow *loop = parent->last, *child, *body;

	for (unsigned int i = 0; i < period && loop; i++)
		loop = loop->prev;
	if (!loop || loop->kind != FLOW_LOOP)
		return false;
	body = loop->first;
	for (child = loop->next; child && body; child = child->next, body = body->next)
		if (child->tree_label != body->tree_label)
			return false;
	if (child || body)
		return false;
	loop->count += loop->next->count;
	drop_last(parent, period);
	return true;
}

/* A loop of nothing but a loop is one: the inner one counted the rounds of all rounds. */
static void loop_flatten(struct flow *loop)
{
	struct flow *inner = loop->first;

	flow_unlink(inner);
	loop->count = inner->count;
	while (inner->first) {
		struct flow *child = inner->first;

		flow_unlink(child);
		flow_append(loop, child);
	}
	flow_free(inner);
}

/* A loop and what says the same right before it, itself a loop or once round, are one loop. */
static bool loop_widen(struct flow *parent)
{
	struct flow *loop = parent->last, *before = loop->prev;
	unsigned int period = 0;

	if (loop->kind != FLOW_LOOP || !before)
		return false;
	if (before->kind == FLOW_LOOP && before->tree_label == loop->tree_label) {
		before->count += loop->count;
		drop_last(parent, 1);
		return true;
	}
	for (const struct flow *body = loop->last; body; body = body->prev, before = before->prev, period++)
		if (!before || before->tree_label != body->tree_label)
			return false;
	loop->count += loop->prev->count;
	while (period--) {
		before = loop->prev;
		flow_unlink(before);
		flow_free(before);
	}
	return true;
}

/* The last two times `period` children, which say the same, become a loop. */
static bool loop_make(struct flow *parent, unsigned int period)
{
	struct flow *first = parent->last, *loop;
	uint64_t count = first->count;

	drop_last(parent, period);
	first = parent->last;
	for (unsigned int i = 1; i < period; i++)
		first = first->prev;
	loop = flow_make(parent, FLOW_LOOP);
	if (!loop)
		return false;
	loop->count = count + first->count;
	loop->label = label_of_kind(FLOW_LOOP);
	while (first != loop) {
		struct flow *next = first->next;

		flow_unlink(first);
		flow_append(loop, first);
		first = next;
	}
	flow_close(loop);
	return true;
}

/*
 * A recording is folded as it came; what is left out of a flow (interrupts of the host, mostly)
 * kept some loops apart, which close here.
 */
static void fold_last_of(struct flow *parent)
{
	const struct flow *later = parent->last;

	if (loop_widen(parent))
		return;
	for (unsigned int period = 1; period <= PERIOD_MAX && later; period++, later = later->prev) {
		if (loop_take(parent, period))
			return;
		if (is_repeated(later, period)) {
			loop_make(parent, period);
			return;
		}
	}
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
	static const struct { const char *path; uint32_t cmd; } paths[] = {
		{ "create-vm", KVM_CREATE_VM }, { "create-vcpu", KVM_CREATE_VCPU }, { "run", KVM_RUN },
	};

	for (size_t i = 0; node->kind == NODE_IOCTL && i < sizeof(paths) / sizeof(paths[0]); i++)
		if (!strcmp(b->options->path, paths[i].path))
			return NODE_AS_CONST(ioctl, node)->cmd == paths[i].cmd;
	return false;
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
		loop_flatten(flow);
	flow_close(flow);
	if (parent->kind != FLOW_MIX)
		fold_last_of(parent);
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
