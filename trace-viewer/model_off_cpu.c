/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Records that stand too early in the file wait here; time without a CPU is put where it was spent. */
#include "trace-viewer/model_off_cpu.h"

#include <stdlib.h>
#include <string.h>

#include "trace-viewer/model_detail.h"

/* The frame that the thread is in. */
static struct node *frame_of(const struct thread *t)
{
	return t->span ? t->span : t->depth ? t->stack[t->depth - 1] : NULL;
}

static void node_off_cpu(struct node *node, const struct off_cpu_span *span)
{
	if (!node->off_cpu)
		node->off_cpu = calloc(1, sizeof(*node->off_cpu));
	if (node->off_cpu)
		off_cpu_add(node->off_cpu, span);
}

static void on_off_cpu(struct model *model, struct thread *t, const union record *rec)
{
	struct node *frame = frame_of(t);
	struct off_cpu_span span;

	off_cpu_of(&span, &rec->off_cpu);
	/* it cannot have been off while it did what was told of it */
	if (span.out_ns < t->last_ns)
		span.out_ns = t->last_ns < span.in_ns ? t->last_ns : span.in_ns;
	if (frame && model->keep != MODEL_FACTS)
		node_off_cpu(frame, &span);
	/* some kernels tell of an exit only after they have let others run */
	if (t->entry_ns && t->span && t->span->kind == NODE_GUEST)
		off_cpu_add(&t->guest_off_cpu, &span);
	else
		account_off_cpu(t, &span);
	if (model->observer.off_cpu) {
		const struct off_cpu_fact fact = {
			.span = &span, .vm = t->vm ? t->vm : model->vms[0], .vcpu_id = t->vcpu_id,
			.tid = t->tid, .tgid = t->tgid, .comm = t->comm, .has_exit = t->account.is_active,
		};

		model->observer.off_cpu(model->observer.owner, &fact);
	}
}

static void early_handle(struct model *model, struct thread *t, const union record *rec)
{
	if (rec->header.kind == REC_off_cpu)
		on_off_cpu(model, t, rec);
	else
		model_on_note(model, t, rec);
	if (rec->header.time_ns > t->last_ns)
		t->last_ns = rec->header.time_ns;
}

static void early_take(struct model *model, struct thread *t)
{
	union record first = t->early[0];

	t->early_cnt--;
	memmove(&t->early[0], &t->early[1], t->early_cnt * sizeof(t->early[0]));
	early_handle(model, t, &first);
}

void model_early_until(struct model *model, struct thread *t, uint64_t now_ns)
{
	while (t->early_cnt && t->early[0].header.time_ns <= now_ns)
		early_take(model, t);
}

void model_on_early(struct model *model, struct thread *t, const union record *rec)
{
	if (!t->early)
		t->early = calloc(THREAD_EARLY_MAX, sizeof(*t->early));
	if (!t->early)
		return;
	if (t->early_cnt == THREAD_EARLY_MAX)
		early_take(model, t);
	memcpy(&t->early[t->early_cnt++], rec, record_kind(rec->header.kind)->size);
}
