/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Folding keeps the sums, bounds the nodes, and finds sequences, over random run loops. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <linux/kvm.h>

#include "trace-viewer/model.h"

static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 20) % limit;
}

struct feed {
	struct model *model;
	uint64_t now_ns;
	uint32_t tid;
};

static void feed(struct feed *f, uint32_t kind, union record *rec)
{
	struct trace_item item = { .kind = TRACE_ITEM_RECORD, .rec = rec };

	rec->header.kind = kind;
	rec->header.time_ns = f->now_ns += 1 + random_below(1000);
	rec->header.tid = f->tid;
	rec->header.tgid = 100;
	model_feed(f->model, &item);
}

static void feed_run(struct feed *f, const uint32_t *reasons, uint32_t cnt)
{
	union record rec;

	memset(&rec, 0, sizeof(rec));
	rec.ioctl_enter.cmd = KVM_RUN;
	rec.ioctl_enter.vm = 0xa000;
	rec.ioctl_enter.vcpu_id = 0;
	feed(f, REC_ioctl_enter, &rec);
	for (uint32_t i = 0; i < cnt; i++) {
		memset(&rec, 0, sizeof(rec));
		feed(f, REC_kvm_entry, &rec);
		memset(&rec, 0, sizeof(rec));
		rec.kvm_exit.reason = reasons[i];
		rec.kvm_exit.isa = REC_ISA_SVM;
		feed(f, REC_kvm_exit, &rec);
	}
	memset(&rec, 0, sizeof(rec));
	rec.ioctl_exit.cmd = KVM_RUN;
	feed(f, REC_ioctl_exit, &rec);
}

static uint64_t tree_exits(const struct model *model)
{
	uint64_t cnt = model->unplaced_exit_cnt;

	for (uint32_t i = 0; i <= model->vm_cnt; i++)
		cnt += node_exit_cnt(model->vms[i]->root);
	return cnt;
}

static uint64_t mix_exits(const struct model *model)
{
	uint64_t cnt = 0;

	for (uint32_t i = 0; i <= model->vm_cnt; i++)
		for (const struct vcpu *v = model->vms[i]->vcpus; v; v = v->next)
			for (const struct mix_row *row = v->rows; row; row = row->next)
				cnt += row->costs.cnt + row->open_cnt;
	return cnt;
}

static void finish(struct feed *f)
{
	struct trace_ending ending = { .in_order = true };

	model_finish(f->model, &ending);
}

/* Random loops of random bodies, some of them broken now and then. */
static void test_sums(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct feed f = { .model = model_new(MODEL_FOLDED, NULL), .tid = 7 };
		uint32_t loops = 1 + seed % 12, noise = (uint32_t)(seed % 4) * 3;

		random_state = seed * 0x9e3779b97f4a7c15ull;
		for (uint32_t i = 0; i < loops; i++) {
			uint32_t reasons[6], cnt = 1 + random_below(6), times = random_below(300);

			for (uint32_t j = 0; j < cnt; j++)
				reasons[j] = 0x60 + random_below(1 + (uint32_t)seed % 40);
			for (uint32_t j = 0; j < times; j++) {
				feed_run(&f, reasons, cnt);
				if (noise && !random_below(noise))
					feed_run(&f, reasons, random_below(cnt + 1));
			}
		}
		finish(&f);
		assert_int_equal(tree_exits(f.model), f.model->exit_cnt);
		assert_int_equal(mix_exits(f.model), f.model->exit_cnt);
		assert_int_equal(f.model->vms[1]->exit_cnt, f.model->exit_cnt);
		model_free(f.model);
		assert_int_equal(node_live_cnt(), 0);
	}
}

#define REASON_FIRST 0x62 /* above the host's interrupts, which a guest's run takes in */
#define REASON_CNT   40
#define SEQUENCE_MAX 40000

/* What was recorded, or what a folded tree says was. */
struct sequence {
	uint32_t reasons[SEQUENCE_MAX];
	uint32_t cnt;
	uint64_t counts[REASON_CNT], other_cnt; /* exits by reason; those of no one reason */
	bool has_order;				/* the tree tells it: no group in a group, no mix */
};

static void sequence_put(struct sequence *s, uint32_t reason)
{
	if (s->cnt < SEQUENCE_MAX)
		s->reasons[s->cnt++] = reason;
}

/* Counts a subtree's exits, and unfolds its groups. */
static void unfold(struct sequence *s, const struct node *node, bool is_in_group)
{
	uint64_t times = 1;

	s->other_cnt += node->pruned_exit_cnt;
	if (node->kind == NODE_EXIT) {
		const struct node_exit *e = NODE_AS_CONST(exit, node);

		s->counts[e->reason - REASON_FIRST] += node->instance_cnt;
		sequence_put(s, e->reason);
	} else if (node->kind == NODE_MIX) {
		s->other_cnt += NODE_AS_CONST(mix, node)->other_exit_cnt;
		s->has_order = false;
	} else if (node->kind == NODE_GROUP) {
		times = NODE_AS_CONST(group, node)->iteration_cnt;
		s->has_order = s->has_order && !is_in_group;
		is_in_group = true;
	}
	for (uint32_t first = s->cnt, i = 0; i < times; i++) {
		uint32_t body = s->cnt - first;

		if (!i)
			for (const struct node *child = node->first; child; child = child->next)
				unfold(s, child, is_in_group);
		else
			for (uint32_t j = 0, cnt = body / i; j < cnt; j++)
				sequence_put(s, s->reasons[first + j]);
	}
}

/* Folding and unfolding lose nothing: not the count of any reason, nor the order where it is told. */
static void test_unfold(void **state)
{
	static struct sequence fed, told;
	unsigned int ordered_cnt = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct feed f = { .model = model_new(MODEL_FOLDED, NULL), .tid = 7 };

		random_state = seed * 0x9e3779b97f4a7c15ull;
		memset(&fed, 0, sizeof(fed));
		memset(&told, 0, sizeof(told));
		told.has_order = true;
		for (uint32_t i = 0; i < 1 + seed % 15; i++) {
			uint32_t reasons[6], cnt = 1 + random_below(6), times = random_below(200);

			for (uint32_t j = 0; j < cnt; j++)
				reasons[j] = REASON_FIRST + random_below(1 + (uint32_t)seed % REASON_CNT);
			for (uint32_t t = 0; t < times; t++)
				for (uint32_t j = 0; j < cnt; j++) {
					feed_run(&f, &reasons[j], 1);
					fed.counts[reasons[j] - REASON_FIRST]++;
					sequence_put(&fed, reasons[j]);
				}
		}
		finish(&f);
		for (uint32_t i = 0; i <= f.model->vm_cnt; i++)
			unfold(&told, f.model->vms[i]->root, false);
		for (uint32_t i = 0; i < REASON_CNT; i++) {
			assert_true(told.counts[i] <= fed.counts[i]);
			told.other_cnt -= fed.counts[i] - told.counts[i];
		}
		assert_int_equal(told.other_cnt, 0);
		if (told.has_order) {
			ordered_cnt++;
			assert_int_equal(told.cnt, fed.cnt);
			assert_memory_equal(told.reasons, fed.reasons, fed.cnt * sizeof(fed.reasons[0]));
		}
		model_free(f.model);
	}
	assert_in_range(ordered_cnt, 30, 200);
}

/* No order at all: a model that folds stays small however long that goes on. */
static void test_bounded(void **state)
{
	struct feed f = { .model = model_new(MODEL_FOLDED, NULL), .tid = 7 };
	size_t most = 0;

	(void)state;
	random_state = 42;
	for (uint32_t i = 0; i < 30000; i++) {
		uint32_t reasons[4], cnt = 1 + random_below(4);

		for (uint32_t j = 0; j < cnt; j++)
			reasons[j] = 0x40 + random_below(90);
		feed_run(&f, reasons, cnt);
		if (node_live_cnt() > most)
			most = node_live_cnt();
	}
	finish(&f);
	assert_true(most < 5000);
	assert_int_equal(tree_exits(f.model), f.model->exit_cnt);
	model_free(f.model);
}

/* Every period that is promised folds into one group, with the rest behind it. */
static void test_periods(void **state)
{
	(void)state;
	for (uint32_t period = 1; period <= 8; period++) {
		struct feed f = { .model = model_new(MODEL_FOLDED, NULL), .tid = 7 };
		const struct node *part, *group;

		random_state = period;
		for (uint32_t i = 0; i < 50 * period; i++) {
			uint32_t reason = 0x60 + i % period;

			feed_run(&f, &reason, 1);
		}
		finish(&f);
		part = f.model->vms[1]->root->first;
		assert_int_equal(part->child_cnt, 1);
		group = part->first;
		assert_int_equal(group->kind, NODE_GROUP);
		assert_int_equal(NODE_AS_CONST(group, group)->period, period);
		assert_int_equal(NODE_AS_CONST(group, group)->iteration_cnt, 50);
		assert_int_equal(NODE_AS_CONST(group, group)->times.cnt, 50);
		model_free(f.model);
	}
}

static void test_hist(void **state)
{
	struct hist h = { 0 };

	(void)state;
	assert_int_equal(hist_percentile(&h, 50), 0);
	for (uint64_t i = 1; i <= 40; i++)
		hist_add(&h, i * 1000);
	assert_int_equal(hist_percentile(&h, 50), 20000);
	assert_int_equal(hist_percentile(&h, 100), 40000);
	for (uint64_t i = 41; i <= 10000; i++)
		hist_add(&h, i * 1000);
	assert_in_range(hist_percentile(&h, 50), 5000000, 5000000 * 33 / 32);
	assert_in_range(hist_percentile(&h, 99), 9900000, 10000000);
	assert_int_equal(hist_percentile(&h, 100), 10000000);
	hist_release(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_unfold),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_periods),
		cmocka_unit_test(test_hist),
	};

	return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
