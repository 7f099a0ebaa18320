/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * kvmtree export --format folded: "VM 1 vCPU 0;vcpu_run;ioctl KVM_RUN;guest 1234", a line for each
 * different stack with the nanoseconds spent in its last frame itself, as flame graph programs want it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/export.h"
#include "trace-viewer/export_track.h"
#include "trace-viewer/model_thread.h"

#define STACKS_MAX 65536u
#define LEVELS_MAX (THREAD_STACK_MAX + 2) /* a guest or exit is on no stack */

/* All stacks as one tree: a stack is the way from a root to a node. */
struct stack_node {
	struct stack_node *parent, *first, *last, *next;
	uint64_t self_ns;
	char name[];
};

/* What is known of a thread's open frames. */
struct position {
	struct stack_node *root;
	uint64_t child_ns[LEVELS_MAX]; /* of frames that closed at this level, below one that is open */
};

struct folded {
	struct tracks *tracks;
	uint32_t stack_cnt;
};

static bool begin(struct export *e)
{
	struct folded *folded = calloc(1, sizeof(*folded));

	if (!folded)
		return false;
	e->state = folded;
	folded->tracks = tracks_new();
	return folded->tracks != NULL;
}

static struct stack_node *stack_new(struct folded *folded, struct stack_node *parent, const char *name)
{
	const size_t name_sz = strlen(name) + 1;
	struct stack_node *node;

	if (folded->stack_cnt == STACKS_MAX)
		return NULL;
	node = calloc(1, sizeof(*node) + name_sz);
	if (!node)
		return NULL;
	folded->stack_cnt++;
	memcpy(node->name, name, name_sz);
	node->parent = parent;
	if (parent) {
		if (parent->last)
			parent->last->next = node;
		else
			parent->first = node;
		parent->last = node;
	}
	return node;
}

/* The node of a name below parent, made if need be; NULL: no room for it. */
static struct stack_node *stack_child(struct folded *folded, struct stack_node *parent, const char *name)
{
	for (struct stack_node *node = parent->first; node; node = node->next)
		if (!strcmp(node->name, name))
			return node;
	return stack_new(folded, parent, name);
}

static struct position *position_of(struct folded *folded, const struct frame_fact *fact)
{
	struct track *track = tracks_get(folded->tracks, fact);
	struct position *p = track ? track->state : NULL;

	if (!track || p)
		return p;
	p = calloc(1, sizeof(*p));
	if (p)
		p->root = stack_new(folded, NULL, "");
	if (p && !p->root) {
		free(p);
		return NULL;
	}
	return track->state = p;
}

/* The stack that ends in node, by the frames around it; *level counts these. */
static struct stack_node *stack_of(struct export *e, struct position *p, const struct node *node,
				   uint32_t *level)
{
	struct stack_node *around, *stack;
	struct text name;

	if (!node || node->kind == NODE_THREAD || node->kind == NODE_ROOT) {
		*level = 0;
		return p->root;
	}
	around = stack_of(e, p, node->parent, level);
	if (!export_has(node) || ++*level >= LEVELS_MAX)
		return around;
	text_clear(&name);
	export_add_name(&name, node);
	for (char *s = name.at; *s; s++)
		*s = *s == ';' ? ',' : *s;
	stack = stack_child(e->state, around, name.at);
	/* where there is no room its time is its caller's */
	e->has_no_memory |= !stack;
	return stack ? stack : around;
}

static void close_frame(struct export *e, const struct frame_fact *fact)
{
	struct position *p = position_of(e->state, fact);
	const uint64_t duration_ns = node_duration(fact->node);
	struct stack_node *stack;
	uint64_t below_ns;
	uint32_t level;

	e->has_no_memory |= !p;
	if (!p || !export_has(fact->node))
		return;
	stack = stack_of(e, p, fact->node, &level);
	if (level >= LEVELS_MAX)
		return;
	below_ns = level + 1 < LEVELS_MAX ? p->child_ns[level + 1] : 0;
	stack->self_ns += duration_ns > below_ns ? duration_ns - below_ns : 0;
	p->child_ns[level] += duration_ns;
	if (level + 1 < LEVELS_MAX)
		p->child_ns[level + 1] = 0;
}

/* The path from the root, which bears the track's name. */
static void put_path(FILE *file, const struct stack_node *node, const char *track)
{
	if (!node->parent) {
		fputs(track, file);
		return;
	}
	put_path(file, node->parent, track);
	fprintf(file, ";%s", node->name);
}

static void put_stacks(FILE *file, const struct stack_node *node, const char *track)
{
	if (node->self_ns) {
		put_path(file, node, track);
		fprintf(file, " %" PRIu64 "\n", node->self_ns);
	}
	for (const struct stack_node *child = node->first; child; child = child->next)
		put_stacks(file, child, track);
}

static void end(struct export *e, const struct model *model)
{
	const struct folded *folded = e->state;
	const struct track *track;

	(void)model;
	for (uint32_t i = 0; (track = tracks_at(folded->tracks, i)); i++) {
		const struct position *p = track->state;
		struct text name;

		text_clear(&name);
		track_add_name(&name, track);
		for (char *s = name.at; *s; s++)
			*s = *s == ';' ? ',' : *s;
		if (p)
			put_stacks(e->file, p->root, name.at);
	}
}

static void stack_free(struct stack_node *node)
{
	while (node->first) {
		struct stack_node *child = node->first;

		node->first = child->next;
		stack_free(child);
	}
	free(node);
}

static void release(struct export *e)
{
	struct folded *folded = e->state;
	struct track *track;

	for (uint32_t i = 0; folded && folded->tracks && (track = tracks_at(folded->tracks, i)); i++) {
		struct position *p = track->state;

		if (p)
			stack_free(p->root);
		free(p);
	}
	if (folded)
		tracks_free(folded->tracks);
	free(folded);
}

const struct export_format export_folded = {
	.name = "folded",
	.begin = begin,
	.frame_close = close_frame,
	.end = end,
	.release = release,
};
