/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What kvmtree live makes of the details of two looks, of a map that forgets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bpf/live_details.h"
#include "bpf/live_table.h"

enum { TID = 80, RARE_PORT = 0x70, BUSY_PORT = 0x3f8 };

static void take(struct live_details *details, enum live_detail_kind kind, uint64_t value, uint64_t total)
{
	struct live_detail detail = { .value = value, .kind = kind, .tid = TID };

	assert_true(live_details_take(details, &detail, total));
}

static struct live_table fill(const struct live_details *details)
{
	struct live_table table = { 0 };

	for (size_t i = 0; i < details->seen.cnt; i++)
		assert_true(live_table_add_detail(&table, &details->seen.at[i]));
	live_table_sort(&table, LIVE_SORT_CNT);
	return table;
}

/* A look that finds so much of the two ports; 0: the kernel does not have it. */
static struct live_table look(struct live_details *details, uint64_t rare, uint64_t busy)
{
	if (busy)
		take(details, LIVE_PORT, BUSY_PORT, busy);
	if (rare)
		take(details, LIVE_PORT, RARE_PORT, rare);
	live_details_settle(details);
	return fill(details);
}

static void details_are_what_came_since(void **state)
{
	struct live_details details = { 0 };
	struct live_table table = look(&details, 5, 100);

	(void)state;
	assert_int_equal(table.sum_cnt, 105);
	live_table_release(&table);
	table = look(&details, 5, 130);
	assert_int_equal(table.cnt, 2);
	assert_string_equal(table.lines[0].name.at, "in 0x3f8  COM1");
	assert_int_equal(table.lines[0].cnt, 30);
	assert_int_equal(table.lines[0].total, 130);
	assert_int_equal(table.lines[1].cnt, 0);
	assert_int_equal(table.sum_cnt, 30);
	live_table_release(&table);
	live_details_release(&details);
}

/* Evicted and counted anew between two looks. */
static void a_detail_that_comes_back_with_less_begins_anew(void **state)
{
	struct live_details details = { 0 };
	struct live_table table = look(&details, 1000, 100);

	(void)state;
	live_table_release(&table);
	table = look(&details, 3, 130);
	assert_int_equal(table.lines[0].cnt, 30);
	assert_int_equal(table.lines[1].cnt, 3);
	assert_int_equal(table.lines[1].total, 3);
	assert_int_equal(table.sum_cnt, 33);
	live_table_release(&table);
	live_details_release(&details);
}

/* Evicted, as a look sees, and counted anew up to more than before. */
static void a_detail_that_was_gone_begins_anew(void **state)
{
	struct live_details details = { 0 };
	struct live_table table = look(&details, 1000, 100);

	(void)state;
	live_table_release(&table);
	table = look(&details, 0, 130);
	assert_int_equal(table.cnt, 1);
	live_table_release(&table);
	table = look(&details, 1500, 130);
	assert_int_equal(table.lines[0].cnt, 1500);
	assert_int_equal(table.sum_cnt, 1500);
	live_table_release(&table);
	live_details_release(&details);
}

/* Nobody looks at details for a while, or they cannot be read. */
static void a_look_that_finds_nothing_out_keeps_the_counts(void **state)
{
	struct live_details details = { 0 };
	struct live_table table = look(&details, 5, 100);

	(void)state;
	live_table_release(&table);
	take(&details, LIVE_PORT, BUSY_PORT, 110);
	live_details_keep(&details);
	table = fill(&details);
	assert_int_equal(table.cnt, 2);
	assert_int_equal(table.sum_cnt, 0);
	live_table_release(&table);
	table = look(&details, 5, 130);
	assert_int_equal(table.cnt, 2);
	assert_int_equal(table.sum_cnt, 30);
	live_table_release(&table);
	live_details_release(&details);
}

/* A guest that touches new pages only, beside a port that it always uses. */
static void many_details_in_many_looks_stay_as_many_as_the_map_has(void **state)
{
	enum { LOOKS = 60, PAGES = LIVE_DETAILS_MAX - 1 };
	struct live_details details = { 0 };

	(void)state;
	for (uint64_t i = 0; i < LOOKS; i++) {
		uint64_t sum = 0;

		for (uint64_t page = 0; page < PAGES; page++)
			take(&details, LIVE_PAGE, (i * PAGES + page) << 12, 1);
		take(&details, LIVE_PORT, BUSY_PORT, 7 * (i + 1));
		live_details_settle(&details);
		assert_int_equal(details.seen.cnt, LIVE_DETAILS_MAX);
		assert_true(details.seen.capacity <= LIVE_DETAILS_MAX);
		assert_true(details.next.capacity <= LIVE_DETAILS_MAX);
		for (size_t k = 0; k < details.seen.cnt; k++)
			sum += details.seen.at[k].cnt;
		assert_int_equal(sum, PAGES + 7);
	}
	live_details_release(&details);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(details_are_what_came_since),
		cmocka_unit_test(a_detail_that_comes_back_with_less_begins_anew),
		cmocka_unit_test(a_detail_that_was_gone_begins_anew),
		cmocka_unit_test(a_look_that_finds_nothing_out_keeps_the_counts),
		cmocka_unit_test(many_details_in_many_looks_stay_as_many_as_the_map_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
