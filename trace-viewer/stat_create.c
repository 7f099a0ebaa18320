/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The time of every ioctl but KVM_RUN, by step: how VM and vCPUs were made. */
#include <linux/kvm.h>
#include <stdlib.h>

#include "trace-viewer/stat.h"

#define PATH_MAX_STEPS 96

static bool is_step_of(const struct stat_step *step, const struct node *node)
{
	if (node->kind == NODE_IOCTL)
		return !step->func && step->cmd == NODE_AS_CONST(ioctl, node)->cmd;
	return step->func == NODE_AS_CONST(func, node)->func;
}

/* The step of this node below `parent`, made if need be; NULL: no room. */
static struct stat_step *step_get(struct exit_stat *stat, struct stat_step *parent, const struct node *node)
{
	struct stat_step *step;

	for (step = parent->first; step; step = step->next)
		if (is_step_of(step, node))
			return step;
	step = stat->step_cnt < STAT_STEPS_MAX ? calloc(1, sizeof(*step)) : NULL;
	if (!step)
		return NULL;
	stat->step_cnt++;
	step->parent = parent;
	step->depth = parent->depth + 1;
	if (node->kind == NODE_IOCTL)
		step->cmd = NODE_AS_CONST(ioctl, node)->cmd;
	else
		step->func = NODE_AS_CONST(func, node)->func;
	*(parent->last ? &parent->last->next : &parent->first) = step;
	parent->last = step;
	return step;
}

/*
 * The frames from an ioctl that is no KVM_RUN down to the node, innermost first. 0: it is in none, or is
 * no frame of the kernel.
 */
static uint32_t path_find(const struct node *node, const struct node **path)
{
	uint32_t cnt = 0;

	for (; node && cnt < PATH_MAX_STEPS; node = node->parent) {
		if (node->kind == NODE_FUNC && NODE_AS_CONST(func, node)->func) {
			path[cnt++] = node;
			continue;
		}
		if (node->kind != NODE_IOCTL)
			return 0;
		path[cnt++] = node;
		return NODE_AS_CONST(ioctl, node)->cmd == KVM_RUN ? 0 : cnt;
	}
	return 0;
}

void stat_create_close(void *owner, const struct frame_fact *fact)
{
	const struct node *path[PATH_MAX_STEPS];
	struct exit_stat *stat = owner;
	uint32_t cnt = path_find(fact->node, path);
	struct stat_step *step = &stat->create;
	uint64_t ns = node_duration(fact->node);

	if (!cnt || (stat->options.vm && (!fact->vm || stat->options.vm != (long)fact->vm->number)))
		return;
	while (cnt && step)
		step = step_get(stat, step, path[--cnt]);
	if (!step) {
		stat->step_beyond_cnt++;
		return;
	}
	hist_add(&step->times, ns);
	step->parent->below_ns += ns;
}

static void step_free(struct stat_step *step)
{
	struct stat_step *next;

	for (struct stat_step *child = step->first; child; child = next) {
		next = child->next;
		step_free(child);
		free(child);
	}
	hist_release(&step->times);
}

void stat_create_release(struct exit_stat *stat)
{
	step_free(&stat->create);
}
