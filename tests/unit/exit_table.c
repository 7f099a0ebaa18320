/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Keys, selectors and tables of exits: nothing is lost from the sums, and memory is bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <linux/kvm.h>

#include "trace-viewer/exit_selector.h"
#include "trace-viewer/exit_table.h"
#include "trace-viewer/model.h"

static const struct vm vm1 = { .number = 1 };
static const struct func_row handle_io = { .symbol = "handle_io", .layer = "vmm" };

/* One exit of each sort. */
static const struct exit_fact facts[] = {
	{ .vm = &vm1, .isa = REC_ISA_VMX, .reason = 30, .qualifier = QUALIFIER_PORT, .qualifier_value = 0x3f8,
	  .user_reason = KVM_EXIT_IO, .handler = &handle_io, .rip = 0x1000 },
	{ .vm = &vm1, .isa = REC_ISA_SVM, .reason = 0x7b, .qualifier = QUALIFIER_PORT, .qualifier_value = 0x9999,
	  .user_reason = KVM_EXIT_IO },
	{ .vm = &vm1, .isa = REC_ISA_VMX, .reason = 48, .qualifier = QUALIFIER_GPA, .qualifier_value = 0xfee00300,
	  .user_reason = -1 },
	{ .vm = &vm1, .isa = REC_ISA_SVM, .reason = 0x400, .qualifier = QUALIFIER_GPA, .qualifier_value = 0x1234,
	  .user_reason = -1 },
	{ .vm = &vm1, .isa = REC_ISA_SVM, .reason = 0x400, .qualifier = QUALIFIER_GPA, .qualifier_value = 0xd0000010,
	  .user_reason = KVM_EXIT_MMIO },
	{ .vm = &vm1, .isa = REC_ISA_VMX, .reason = 32, .qualifier = QUALIFIER_MSR, .qualifier_value = 0x830,
	  .user_reason = -1 },
	{ .vm = &vm1, .isa = REC_ISA_SVM, .reason = 0x72, .qualifier = QUALIFIER_CPUID, .qualifier_value = 1,
	  .user_reason = -1, .vcpu_id = 2 },
	{ .vm = &vm1, .isa = REC_ISA_VMX, .reason = 0x4d2, .user_reason = -1 },
};

#define FACT_CNT (sizeof(facts) / sizeof(facts[0]))

static void test_names(void **state)
{
	static const struct { unsigned int fact; enum exit_by by; const char *name; } cases[] = {
		{ 0, BY_REASON, "IO_INSTRUCTION" }, { 1, BY_REASON, "io" }, { 0, BY_CONCEPT, "io" },
		{ 1, BY_CONCEPT, "io" }, { 7, BY_CONCEPT, "UNKNOWN(vmx 0x4d2)" }, { 6, BY_VCPU, "VM 1 vCPU 2" },
		{ 0, BY_PORT, "0x3f8 COM1" }, { 1, BY_PORT, "0x9999" }, { 2, BY_PORT, "(no port)" },
		{ 2, BY_GPA, "0xfee00000 local APIC" }, { 3, BY_GPA, "0x1000" }, { 6, BY_CPUID, "0x1 family, model, features" },
		{ 0, BY_SYMBOL, "rip 0x1000" }, { 0, BY_HANDLER, "handle_io" }, { 1, BY_HANDLER, "(none was seen)" },
		{ 0, BY_DEVICE, "COM1" }, { 1, BY_DEVICE, "port 0x9999" }, { 2, BY_DEVICE, "local APIC" },
		{ 3, BY_DEVICE, "(no device)" }, { 4, BY_DEVICE, "page 0xd0000000" }, { 5, BY_DEVICE, "local APIC" },
		{ 0, BY_USER, "KVM_EXIT_IO" }, { 2, BY_USER, "(stayed in the kernel)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct exit_key key = exit_key_of(cases[i].by, &facts[cases[i].fact]);
		struct text name;

		text_clear(&name);
		exit_key_add(&name, cases[i].by, &key);
		assert_string_equal(name.at, cases[i].name);
	}
}

/* Each selector finds these facts, as bits, and no other. */
static void test_selectors(void **state)
{
	static const struct { const char *text; unsigned int found; } cases[] = {
		{ "IO_INSTRUCTION", 1 << 0 }, { "io", 1 << 1 }, { "concept:io", 3 }, { "io:0x3f8", 1 << 0 },
		{ "port:1016", 1 << 0 }, { "memory", 7 << 2 }, { "ept_violation", 1 << 2 }, { "npf", 3 << 3 },
		{ "gpa:0x1fff", 1 << 3 }, { "gpa:0xfee00000", 1 << 2 }, { "msr:0x830", 1 << 5 }, { "cpuid:1", 1 << 6 },
		{ "vcpu:2", 1 << 6 }, { "handler:handle_io", 1 << 0 }, { "device:COM1", 1 << 0 },
		{ "device:local APIC", 1 << 2 | 1 << 5 }, { "KVM_EXIT_IO", 3 }, { "user:KVM_EXIT_MMIO", 1 << 4 },
		{ "symbol:0x1000", 1 << 0 }, { "HLT", 0 }, { "halt", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct exit_selector selector;
		unsigned int found = 0;
		const char *why;

		assert_true(exit_selector_parse(&selector, cases[i].text, strlen(cases[i].text), &why));
		for (size_t f = 0; f < FACT_CNT; f++) {
			struct exit_key key = exit_key_of(selector.by, &facts[f]);

			found |= (unsigned int)exit_selector_has(&selector, &key) << f;
		}
		if (found != cases[i].found)
			fail_msg("%s: finds 0x%x, not 0x%x", cases[i].text, found, cases[i].found);
	}
}

static void test_no_selectors(void **state)
{
	static const char *const cases[] = { "", "HTL", "io:", "io:COM1", "msr:-1", "nothing:1", ":", "port:0x3f8x",
					     "gpa:99999999999999999999999999" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct exit_selector selector;
		const char *why = NULL;

		if (exit_selector_parse(&selector, cases[i], strlen(cases[i]), &why))
			fail_msg("'%s' is taken", cases[i]);
		assert_non_null(why);
	}
}

/* More keys than there is room for: all are counted, as many as may be have rows of their own. */
static void test_bounded(void **state)
{
	struct exit_table table = { .by = BY_SYMBOL }, sum = { .by = BY_SYMBOL };
	const struct exit_row **rows;
	uint64_t cnt = 0, ns = 0, costs = 0;
	uint32_t row_cnt;

	(void)state;
	for (uint64_t i = 0; i < 3 * EXIT_ROWS_MAX; i++) {
		struct exit_fact fact = { .vm = &vm1, .rip = i % 7 ? i : 7, .kernel_ns = i, .user_ns = 1,
					  .is_open = i % 5 == 0, .begin_ns = i, .user_reason = -1 };

		exit_table_add(&table, &fact);
	}
	row_cnt = exit_table_sort(&table, SORT_COUNT, &rows);
	assert_int_equal(row_cnt, EXIT_ROWS_MAX + 1);
	for (uint32_t i = 0; i < row_cnt; i++) {
		cnt += rows[i]->cnt;
		ns += exit_row_ns(rows[i]);
		costs += rows[i]->costs.cnt + rows[i]->open_cnt;
		if (i && !exit_key_is_none(&rows[i]->key))
			assert_true(rows[i - 1]->cnt >= rows[i]->cnt);
	}
	assert_int_equal(cnt, 3 * EXIT_ROWS_MAX);
	assert_int_equal(costs, cnt);
	assert_int_equal(cnt, table.sum.cnt);
	assert_int_equal(ns, exit_row_ns(&table.sum));
	free(rows);
	/* no row is left for another table, and its sums hold all the same */
	exit_table_merge(&sum, &table);
	exit_table_merge(&sum, &table);
	assert_int_equal(sum.row_cnt, 0);
	assert_int_equal(sum.beyond.cnt, 2 * cnt);
	assert_int_equal(sum.sum.cnt, 2 * cnt);
	assert_int_equal(sum.last_ns - sum.first_ns, table.last_ns - table.first_ns);
	exit_table_release(&table);
	exit_table_release(&sum);
}

/* What came one by one, and what was merged, has the same rows in the same order. */
static void test_merge(void **state)
{
	struct exit_table one = { .by = BY_DEVICE }, parts[2] = { { .by = BY_DEVICE }, { .by = BY_DEVICE } };
	const struct exit_row **a, **b;
	uint32_t cnt;

	(void)state;
	for (unsigned int i = 0; i < 1000; i++) {
		struct exit_fact fact = facts[i * i % FACT_CNT];

		fact.kernel_ns = i % 97;
		exit_table_add(&one, &fact);
		exit_table_add(&parts[i % 2], &fact);
	}
	exit_table_merge(&parts[0], &parts[1]);
	cnt = exit_table_sort(&one, SORT_P99, &a);
	assert_int_equal(exit_table_sort(&parts[0], SORT_P99, &b), cnt);
	for (uint32_t i = 0; i < cnt; i++) {
		assert_int_equal(exit_key_compare(&a[i]->key, &b[i]->key), 0);
		assert_int_equal(a[i]->cnt, b[i]->cnt);
		assert_int_equal(exit_row_ns(a[i]), exit_row_ns(b[i]));
		assert_int_equal(hist_percentile(&a[i]->costs, 99), hist_percentile(&b[i]->costs, 99));
	}
	free(a);
	free(b);
	exit_table_release(&one);
	exit_table_release(&parts[0]);
	exit_table_release(&parts[1]);
}

static void test_powers(void **state)
{
	uint64_t counts[HIST_POWERS];
	struct hist h = { .cnt = 0 };

	(void)state;
	for (uint64_t value = 0; value < 1024; value++) {
		uint64_t expected = 0;

		hist_add(&h, value);
		hist_powers(&h, counts);
		for (int i = 0; i < HIST_POWERS; i++)
			expected += counts[i];
		assert_int_equal(expected, value + 1);
	}
	assert_int_equal(counts[0], 2);
	for (int i = 1; i < 10; i++)
		assert_int_equal(counts[i], 1 << i);
	hist_add(&h, UINT64_MAX);
	hist_powers(&h, counts);
	assert_int_equal(counts[63], 1);
	hist_release(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),	 cmocka_unit_test(test_selectors),
		cmocka_unit_test(test_no_selectors), cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_merge),	 cmocka_unit_test(test_powers),
	};

	return cmocka_run_group_tests_name("exit_table", tests, NULL, NULL);
}
