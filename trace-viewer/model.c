/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The model as a whole: what a recording says of itself, its functions, its begin and its end. */
#include "trace-viewer/model.h"

#include <stdlib.h>
#include <string.h>

#include "trace-viewer/fold.h"
#include "trace-viewer/model_record.h"
#include "trace-viewer/model_thread.h"
#include "trace-viewer/model_vm.h"
#include "trace-viewer/symbols.h"

struct model *model_new(enum model_keep keep, const struct observer *observer)
{
	struct model *model = calloc(1, sizeof(*model));

	if (!model)
		return NULL;
	model->keep = keep;
	if (observer)
		model->observer = *observer;
	model->threads = threads_new();
	model->symbols = symbols_new();
	model->vms[0] = vm_alloc(0, 0);
	if (!model->threads || !model->symbols || !model->vms[0]) {
		model_free(model);
		return NULL;
	}
	return model;
}

void model_filter(struct model *model, const struct filter *filter)
{
	model->filter = filter && filter_asks(filter) ? filter : NULL;
}

void model_drain(struct model *model, const struct model_sink *sink)
{
	model->sink = sink;
}

void model_free(struct model *model)
{
	if (!model)
		return;
	/* frames that are still open are in no tree */
	if (model->threads)
		model_close_threads(model);
	threads_free(model->threads);
	for (uint32_t i = 0; i <= model->vm_cnt; i++)
		vm_free(model->vms[i]);
	for (uint32_t i = 0; i < model->meta_cnt; i++) {
		free(model->meta[i].key);
		free(model->meta[i].value);
	}
	for (uint32_t i = 0; i < MODEL_GAPS_MAX; i++)
		free(model->gaps[i]);
	symbols_free(model->symbols);
	free(model);
}

/* --- what the recording says of itself ---------------------------------------- */

static void meta_add(struct model *model, const char *key, const char *value)
{
	struct model_meta *meta = &model->meta[model->meta_cnt];

	if (model->meta_cnt == MODEL_META_MAX || strlen(key) > 64)
		return;
	meta->key = strdup(key);
	meta->value = strndup(value, 4096);
	if (meta->key && meta->value) {
		model->meta_cnt++;
	} else {
		free(meta->key);
		free(meta->value);
	}
}

const char *model_meta(const struct model *model, const char *key)
{
	for (uint32_t i = model->meta_cnt; i--;)
		if (!strcmp(model->meta[i].key, key))
			return model->meta[i].value;
	return NULL;
}

/* --- functions --------------------------------------------------------------- */

static void func_add(struct model *model, const struct func_row *row)
{
	uint32_t i = row->id % TRACE_FUNCS_MAX;

	if (model->func_cnt == TRACE_FUNCS_MAX)
		return;
	while (model->funcs[i])
		i = (i + 1) % TRACE_FUNCS_MAX;
	model->funcs[i] = row;
	model->func_cnt++;
	if (model->func_end <= i)
		model->func_end = i + 1;
}

const struct func_row *model_func(const struct model *model, uint32_t id)
{
	uint32_t i = id % TRACE_FUNCS_MAX;

	for (uint32_t tries = 0; model->funcs[i] && tries < TRACE_FUNCS_MAX; tries++) {
		if (model->funcs[i]->id == id)
			return model->funcs[i];
		i = (i + 1) % TRACE_FUNCS_MAX;
	}
	return NULL;
}

/* --- feeding ------------------------------------------------------------------- */

static void gap_add(struct model *model, const char *text)
{
	if (model->gap_cnt < MODEL_GAPS_MAX)
		model->gaps[model->gap_cnt] = strdup(text);
	model->gap_cnt++;
	model_mark_loss(model, UINT32_MAX);
}

void model_feed(struct model *model, const struct trace_item *item)
{
	switch (item->kind) {
	case TRACE_ITEM_META:
	case TRACE_ITEM_END:
		meta_add(model, item->key, item->value);
		break;
	case TRACE_ITEM_FUNC:
		func_add(model, item->func);
		break;
	case TRACE_ITEM_SYMBOL:
		symbols_take_line(model->symbols, item->key, item->value);
		break;
	case TRACE_ITEM_CODE:
		symbols_take_code(model->symbols, item->bytes, item->bytes_sz);
		break;
	case TRACE_ITEM_RECORD:
		model_record(model, item->rec);
		break;
	case TRACE_ITEM_GAP:
		gap_add(model, item->text);
		break;
	}
}

static int part_order(const struct node *a, const struct node *b)
{
	return a->start_ns < b->start_ns ? -1 : a->start_ns > b->start_ns;
}

/* Thread parts came in the order in which they became known; they are drawn by time. */
static void parts_sort(struct node *root)
{
	struct node *sorted = NULL, *node, *next;

	for (node = root->first; node; node = next) {
		struct node **at = &sorted;

		next = node->next;
		node_unlink(node);
		if (!node->first && !NODE_AS(thread, node)->section) { /* a filter left nothing of it */
			node_free(node);
			continue;
		}
		while (*at && part_order(*at, node) <= 0)
			at = &(*at)->next;
		node->next = *at;
		*at = node;
	}
	for (node = sorted; node; node = next) {
		next = node->next;
		node_append(root, node);
	}
}

/* Frames that were kept for a thread that they created, of which in the end nothing was kept. */
static void husks_drop(const struct model *model, struct node *node)
{
	struct node *next;

	for (struct node *child = node->first; child; child = next) {
		next = child->next;
		if (!(child->flags & NODE_IS_UNIQUE))
			continue;
		husks_drop(model, child);
		if (child->first || child->kind == NODE_MIX || child->kind == NODE_THREAD ||
		    filter_judge(model->filter, child, model->time_first_ns, false))
			continue;
		node_unlink(child);
		node_free(child);
	}
}

static void vm_done(struct model *model, struct node *root)
{
	if (model->filter && filter_is_selective(model->filter))
		husks_drop(model, root);
	parts_sort(root);
	for (struct node *part = root->first; model->keep == MODEL_FOLDED && part; part = part->next)
		fold_done(part);
}

void model_finish(struct model *model, const struct trace_ending *ending)
{
	model->ending = *ending;
	model_close_threads(model);
	for (uint32_t i = 0; i <= model->vm_cnt; i++)
		vm_done(model, model->vms[i]->root);
}

struct open_exits {
	uint64_t now_ns;
	void (*fn)(void *owner, const struct exit_fact *fact);
	void *owner;
};

static void open_exit_tell(struct model *model, struct thread *t, const void *arg)
{
	const struct open_exits *open = arg;
	struct exit_fact fact = t->account.fact;
	uint64_t *ns = t->account.is_in_user ? &fact.user_ns : &fact.kernel_ns;

	(void)model;
	if (!t->account.is_active)
		return;
	*ns += open->now_ns > t->account.mark_ns ? open->now_ns - t->account.mark_ns : 0;
	fact.is_open = true;
	open->fn(open->owner, &fact);
}

void model_open_exits(struct model *model, uint64_t now_ns,
		      void (*fn)(void *owner, const struct exit_fact *fact), void *owner)
{
	threads_each(model, open_exit_tell, &(struct open_exits){ now_ns, fn, owner });
}

void model_read(struct model *model, struct trace_reader *rd)
{
	struct trace_item item;

	while (trace_reader_next(rd, &item))
		model_feed(model, &item);
	model_finish(model, trace_reader_ending(rd));
}
