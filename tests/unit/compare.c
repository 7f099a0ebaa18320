/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Joining tables, ranking differences, and what is noise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "trace-viewer/compare.h"

/* z was computed by the formula with its square roots, elsewhere. */
static void test_noise(void **state)
{
	static const struct { uint64_t a; double a_units; uint64_t b; double b_units; bool is_noise; } cases[] = {
		{ 100, 1, 100, 1, true },   /* z 0.000 */
		{ 100, 1, 146, 1, true },   /* z 2.941 */
		{ 100, 1, 148, 1, false },  /* z 3.057 */
		{ 10, 1, 26, 1, true },	    /* z 2.708 */
		{ 10, 1, 30, 1, false },    /* z 3.239 */
		{ 0, 1, 6, 1, true },	    /* z 2.705 */
		{ 0, 1, 8, 1, false },	    /* z 3.227 */
		{ 1000, 10, 131, 1, true }, /* z 2.784 */
		{ 1000, 10, 134, 1, false }, /* z 3.032 */
		{ 1000, 10, 71, 1, true },  /* z -2.962 */
		{ 1000, 10, 60, 1, false }, /* z -4.256 */
		{ 9, 1, 0, 1, false },	    /* z -3.464 */
		{ 0, 1, 0, 1, true },	    { 5, 0, 5, 1, true },
		{ UINT64_MAX, 1, UINT64_MAX, 1, true }, { UINT64_MAX, 1, 0, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(compare_is_noise(cases[i].a, cases[i].a_units, cases[i].b, cases[i].b_units),
				 cases[i].is_noise);
		/* it does not matter which comes first */
		assert_int_equal(compare_is_noise(cases[i].b, cases[i].b_units, cases[i].a, cases[i].a_units),
				 cases[i].is_noise);
	}
}

static const struct vm vm = { .number = 1 };

/* Tells a file of so many exits, each after 1 ms in the guest. */
static void feed(struct compare_file *file, uint32_t isa, uint32_t reason, unsigned int cnt)
{
	struct observer observer = compare_observer(file);
	struct exit_fact fact = { .vm = &vm, .isa = isa, .reason = reason, .user_reason = -1,
				  .guest_ns = 1000000 };

	while (cnt--)
		observer.exit(observer.owner, &fact);
}

static const struct compare_row *row_of(const struct comparison *c, const char *name)
{
	for (uint32_t i = 0; i < c->row_cnt; i++)
		if (!strcmp(c->rows[i].name, name))
			return &c->rows[i];
	fail_msg("no row %s", name);
	return NULL;
}

/* Intel and AMD share rows; the difference that explains most is first, noise is last. */
static void test_ranks(void **state)
{
	struct compare_options options = { .by = BY_CONCEPT, .unit = PER_SECOND };
	struct compare_file files[2] = { { .options = &options }, { .options = &options } };
	struct comparison c;

	(void)state;
	feed(&files[0], REC_ISA_VMX, 30, 500);	 /* io */
	feed(&files[0], REC_ISA_VMX, 12, 300);	 /* halt */
	feed(&files[0], REC_ISA_VMX, 48, 100);	 /* memory: EPT_VIOLATION and */
	feed(&files[0], REC_ISA_VMX, 49, 100);	 /* EPT_MISCONFIG */
	feed(&files[1], REC_ISA_SVM, 0x7b, 100); /* io */
	feed(&files[1], REC_ISA_SVM, 0x78, 310); /* halt */
	feed(&files[1], REC_ISA_SVM, 0x400, 200);
	feed(&files[1], REC_ISA_SVM, 0x72, 390); /* cpuid */
	for (int f = 0; f < 2; f++) {
		assert_int_equal(compare_file_finish(&files[f]), 0);
		assert_int_equal(files[f].exit_cnt, 1000);
		assert_float_equal(files[f].units, 1, 1e-9);
	}
	assert_int_equal(compare(&c, files, 2), 0);
	assert_int_equal(c.row_cnt, 4);
	assert_string_equal(c.rows[0].name, "io");
	assert_string_equal(c.rows[1].name, "cpuid");
	assert_string_equal(c.rows[2].name, "halt");
	assert_string_equal(c.rows[3].name, "memory");
	assert_float_equal(c.rows[0].difference, 400, 1e-9);
	assert_float_equal(c.difference, 400 + 390 + 10, 1e-9);
	assert_false(c.rows[0].is_noise[1]);
	assert_true(c.rows[2].is_noise[1]);
	assert_int_equal(row_of(&c, "memory")->cnt[0], 200);
	assert_int_equal(row_of(&c, "memory")->cnt[1], 200);
	assert_int_equal(row_of(&c, "cpuid")->cnt[0], 0);
	comparison_release(&c);
	compare_file_release(&files[0]);
	compare_file_release(&files[1]);
}

static void test_units(void **state)
{
	static const struct { enum compare_unit unit; double units; } cases[] = {
		{ PER_SECOND, .3 }, { PER_EXIT, .3 }, { PER_KEY, 100 }, { PER_RECORDING, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct compare_options options = { .by = BY_REASON, .unit = cases[i].unit };
		struct compare_file file = { .options = &options };
		const char *why;

		assert_true(exit_selector_parse(&options.key, "halt", 4, &why));
		feed(&file, REC_ISA_VMX, 30, 200);
		feed(&file, REC_ISA_VMX, 12, 100);
		assert_int_equal(compare_file_finish(&file), 0);
		assert_float_equal(file.units, cases[i].units, 1e-9);
		compare_file_release(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_ranks),
		cmocka_unit_test(test_units),
	};

	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
