/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What kvmtree live makes of two looks at the kernel's counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bpf/live_table.h"
#include "bpf/records.h"

enum { SLOTS = 4, SVM_IO = 0x7b, SVM_MSR = 0x7c, SVM_NPF_ROW = LIVE_PLAIN_CNT };

/* Two looks; the memory of a slot is large. */
struct looks {
	struct live_slot now[SLOTS], before[SLOTS];
};

static struct looks *looks_new(void)
{
	return calloc(1, sizeof(struct looks));
}

static void slot_set(struct live_slot *slot, uint64_t key, uint64_t vm, int vcpu_id, uint32_t tid)
{
	slot->key = key;
	slot->vm = vm;
	slot->vcpu_id = vcpu_id;
	slot->tid = tid;
	slot->tgid = 70;
	slot->isa = REC_ISA_SVM;
	strcpy(slot->comm, "qemu");
}

/* `cnt` exits that took `ns` each, in bucket 3 */
static void count(struct live_slot *slot, int row, uint64_t cnt, uint64_t ns)
{
	slot->rows[row].cnt += cnt;
	slot->rows[row].ns += cnt * ns;
	slot->rows[row].buckets[3] += (uint32_t)cnt;
}

static struct live_table fill(const struct looks *looks, struct live_focus focus)
{
	struct live_table table = { 0 };

	assert_true(live_table_fill(&table, looks->now, looks->before, SLOTS, &focus, LIVE_SORT_CNT));
	return table;
}

static void vms_vcpus_and_reasons_are_what_came_since(void **state)
{
	struct looks *looks = looks_new();
	struct live_table table;

	(void)state;
	for (int i = 0; i < 3; i++) {
		slot_set(&looks->before[i], 0x1000u + (unsigned int)i, i < 2 ? 5 : 6, i % 2, 80 + (uint32_t)i);
		count(&looks->before[i], SVM_IO, 100, 1000);
		looks->now[i] = looks->before[i];
		count(&looks->now[i], SVM_IO, 10u * (unsigned int)(i + 1), 1000);
	}
	count(&looks->now[0], SVM_MSR, 5, 2000);
	table = fill(looks, (struct live_focus){ .level = LIVE_BY_VM, .row = -1 });
	assert_int_equal(table.cnt, 2);
	assert_int_equal(table.lines[0].cnt, 35); /* vCPUs 0 and 1 of VM 5: 10 + 5 + 20 */
	assert_int_equal(table.lines[1].cnt, 30);
	assert_int_equal(table.sum_cnt, 65);
	live_table_release(&table);
	table = fill(looks, (struct live_focus){ .level = LIVE_BY_REASON, .vm = 5, .row = -1 });
	assert_int_equal(table.cnt, 2);
	assert_string_equal(table.lines[0].name.at, "io");
	assert_int_equal(table.lines[0].cnt, 30);
	assert_int_equal(table.lines[0].ns, 30000);
	assert_int_equal(live_percentile(table.lines[0].buckets, 99), live_bucket_end(3));
	live_table_release(&table);
	table = fill(looks, (struct live_focus){ .level = LIVE_BY_VCPU, .vm = 6, .row = -1 });
	assert_int_equal(table.cnt, 1);
	assert_int_equal(table.lines[0].tid, 82);
	live_table_release(&table);
	free(looks);
}

static void a_slot_that_another_vcpu_has_now_begins_anew(void **state)
{
	struct looks *looks = looks_new();
	struct live_table table;

	(void)state;
	slot_set(&looks->before[0], 0x1000, 5, 0, 80);
	count(&looks->before[0], SVM_IO, 1000, 1000);
	slot_set(&looks->now[0], 0x2000, 6, 0, 90);
	count(&looks->now[0], SVM_IO, 7, 1000);
	table = fill(looks, (struct live_focus){ .level = LIVE_BY_VM, .row = -1 });
	assert_int_equal(table.cnt, 1);
	assert_int_equal(table.lines[0].cnt, 7);
	live_table_release(&table);
	free(looks);
}

static void a_filter_keeps_the_sums(void **state)
{
	struct looks *looks = looks_new();
	struct live_table table;

	(void)state;
	slot_set(&looks->now[0], 0x1000, 5, 0, 80);
	count(&looks->now[0], SVM_IO, 10, 1000);
	count(&looks->now[0], SVM_NPF_ROW, 30, 1000);
	table = fill(looks, (struct live_focus){ .level = LIVE_BY_REASON, .row = -1, .filter = "NPF" });
	assert_int_equal(table.cnt, 1);
	assert_string_equal(table.lines[0].name.at, "npf");
	assert_int_equal(table.sum_cnt, 40);
	live_table_release(&table);
	free(looks);
}

/* Each reason leads to what tells about it, on both vendors; most lead nowhere. */
static void reasons_know_their_details(void **state)
{
	(void)state;
	assert_int_equal(live_row_details(REC_ISA_SVM, SVM_IO), 1 << LIVE_PORT);
	assert_int_equal(live_row_details(REC_ISA_VMX, 30), 1 << LIVE_PORT);
	assert_int_equal(live_row_details(REC_ISA_SVM, SVM_NPF_ROW), 1 << LIVE_MMIO | 1 << LIVE_PAGE);
	assert_int_equal(live_row_details(REC_ISA_VMX, 49), 1 << LIVE_MMIO | 1 << LIVE_PAGE);
	assert_int_equal(live_row_details(REC_ISA_SVM, SVM_MSR), 1 << LIVE_MSR);
	assert_int_equal(live_row_details(REC_ISA_VMX, 10), 1 << LIVE_CPUID);
	assert_int_equal(live_row_details(REC_ISA_SVM, 0x78), 0); /* HLT */
	assert_int_equal(live_row_details(REC_ISA_SVM, LIVE_OTHER), 0);
}

static void a_latency_is_in_the_bucket_that_ends_after_it(void **state)
{
	(void)state;
	assert_int_equal(live_bucket_of(0), 0);
	assert_int_equal(live_bucket_of(UINT64_MAX), LIVE_BUCKET_CNT - 1);
	for (unsigned int i = 0; i + 1 < LIVE_BUCKET_CNT; i++) {
		assert_int_equal(live_bucket_of(live_bucket_end(i) - 1), i);
		assert_int_equal(live_bucket_of(live_bucket_end(i)), i + 1);
	}
	/* the table in the kernel ends there: beyond it, a latency is looked up with so many octaves less */
	for (uint64_t step = LIVE_STEP_CNT; step < (uint64_t)LIVE_STEP_CNT << LIVE_STEP_OCTAVES; step += 77)
		assert_int_equal(live_bucket_of(step << LIVE_NS_SHIFT),
				 live_bucket_of(step >> LIVE_STEP_OCTAVES << LIVE_NS_SHIFT) + 4 * LIVE_STEP_OCTAVES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vms_vcpus_and_reasons_are_what_came_since),
		cmocka_unit_test(a_slot_that_another_vcpu_has_now_begins_anew),
		cmocka_unit_test(a_filter_keeps_the_sums),
		cmocka_unit_test(reasons_know_their_details),
		cmocka_unit_test(a_latency_is_in_the_bucket_that_ends_after_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
