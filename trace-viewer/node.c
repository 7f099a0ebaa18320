/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Nodes: life, links, sums. */
#include "trace-viewer/node.h"
#include "trace-viewer/observer.h"

#include <stdlib.h>
#include <string.h>

static const size_t sizes[NODE_KIND_CNT] = {
	[NODE_ROOT] = sizeof(struct node),
	[NODE_THREAD] = sizeof(struct node_thread),
	[NODE_IOCTL] = sizeof(struct node_ioctl),
	[NODE_FUNC] = sizeof(struct node_func),
	[NODE_GUEST] = sizeof(struct node_guest),
	[NODE_EXIT] = sizeof(struct node_exit),
	[NODE_DETAIL] = sizeof(struct node_detail),
	[NODE_NOTE] = sizeof(struct node_detail),
	[NODE_LOST] = sizeof(struct node_lost),
	[NODE_GROUP] = sizeof(struct node_group),
	[NODE_MIX] = sizeof(struct node_mix),
	[NODE_INFERRED] = sizeof(struct node_inferred),
};

/* One number for the whole program: it only serves to bound memory. */
static size_t live_cnt;

/*
 * Nodes come and go by the million: freed ones wait here, linked by `next`, for their kind's next
 * one. The last node that lives takes them with it.
 */
static struct node *spare[NODE_KIND_CNT];

/* Where a sanitizer looks for the use of freed nodes they must be freed indeed. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(IS_SANITIZED)
#define IS_SANITIZED 1
#endif
#ifdef IS_SANITIZED
static const bool has_spares;
#else
static const bool has_spares = true;
#endif

static struct node *node_alloc(enum node_kind kind)
{
	struct node *node = spare[kind];

	if (!node)
		return calloc(1, sizes[kind]);
	spare[kind] = node->next;
	memset(node, 0, sizes[kind]);
	return node;
}

static void spare_free(void)
{
	for (unsigned int kind = 0; kind < NODE_KIND_CNT; kind++)
		while (spare[kind]) {
			struct node *next = spare[kind]->next;

			free(spare[kind]);
			spare[kind] = next;
		}
}

struct node *node_new(enum node_kind kind, uint64_t start_ns)
{
	struct node *node = node_alloc(kind);

	if (!node)
		return NULL;
	node->kind = (uint8_t)kind;
	node->instance_cnt = 1;
	node->vcpu = NODE_VCPU_NONE;
	node->start_ns = node->end_ns = start_ns;
	live_cnt++;
	return node;
}

/* Frees what a node owns beside its children. */
static void node_free_own(struct node *node)
{
	free(node->off_cpu);
	if (node->kind == NODE_IOCTL) {
		free(NODE_AS(ioctl, node)->data);
	} else if (node->kind == NODE_EXIT && NODE_AS(exit, node)->awaited_by) {
		*NODE_AS(exit, node)->awaited_by = NULL;
	} else if (node->kind == NODE_GROUP) {
		struct node *n = NODE_AS(group, node)->slowest, *next;

		hist_release(&NODE_AS(group, node)->times);
		for (; n; n = next) {
			next = n->next;
			n->next = NULL;
			node_free(n);
		}
	}
	if (has_spares) {
		node->next = spare[node->kind];
		spare[node->kind] = node;
	} else {
		free(node);
	}
	if (!--live_cnt)
		spare_free();
}

/* Without recursion along the children: a list may be long, depth is bounded by the model. */
void node_free(struct node *node)
{
	struct node *next;

	if (!node)
		return;
	for (struct node *child = node->first; child; child = next) {
		next = child->next;
		node_free(child);
	}
	node_free_own(node);
}

size_t node_live_cnt(void)
{
	return live_cnt;
}

void node_insert_after(struct node *parent, struct node *after, struct node *child)
{
	child->parent = parent;
	child->prev = after;
	child->next = after ? after->next : parent->first;
	if (child->next)
		child->next->prev = child;
	else
		parent->last = child;
	if (after)
		after->next = child;
	else
		parent->first = child;
	parent->child_cnt++;
}

void node_append(struct node *parent, struct node *child)
{
	node_insert_after(parent, parent->last, child);
}

void node_unlink(struct node *node)
{
	struct node *parent = node->parent;

	if (!parent)
		return;
	if (node->prev)
		node->prev->next = node->next;
	else
		parent->first = node->next;
	if (node->next)
		node->next->prev = node->prev;
	else
		parent->last = node->prev;
	parent->child_cnt--;
	node->parent = node->prev = node->next = NULL;
}

const char *frame_layer(const struct node *node)
{
	static const char *const layers[NODE_KIND_CNT] = {
		[NODE_IOCTL] = "ioctl", [NODE_GUEST] = "guest", [NODE_EXIT] = "exit",
		[NODE_DETAIL] = "exit", [NODE_LOST] = "lost",
	};
	const struct func_row *func = NULL;

	if (node->kind == NODE_FUNC)
		func = NODE_AS_CONST(func, node)->func;
	else if (node->kind == NODE_INFERRED)
		func = NODE_AS_CONST(inferred, node)->func;
	if (func)
		return func->layer;
	return layers[node->kind] ? layers[node->kind] : "";
}

uint64_t node_duration(const struct node *node)
{
	return node->end_ns > node->start_ns ? node->end_ns - node->start_ns : 0;
}

uint64_t node_exit_cnt(const struct node *node)
{
	uint64_t cnt = node->pruned_exit_cnt;

	if (node->kind == NODE_EXIT)
		cnt += node->instance_cnt;
	else if (node->kind == NODE_GUEST)
		cnt += NODE_AS_CONST(guest, node)->interrupt_cnt +
		       NODE_AS_CONST(guest, node)->folded_interrupt_cnt;
	else if (node->kind == NODE_MIX)
		cnt += NODE_AS_CONST(mix, node)->other_exit_cnt;
	for (const struct node *child = node->first; child; child = child->next)
		cnt += node_exit_cnt(child);
	return cnt;
}
