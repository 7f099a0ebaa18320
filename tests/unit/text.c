/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Lines that break, times that are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "trace-viewer/text.h"

static void test_break(void **state)
{
	const char *rest;

	(void)state;
	assert_int_equal(text_break("one two three", 7, &rest), 7); /* it just fits */
	assert_string_equal(rest, "three");
	assert_int_equal(text_break("one two three", 6, &rest), 3);
	assert_string_equal(rest, "two three");
	assert_int_equal(text_break("onetwothree", 4, &rest), 4); /* no space: cut */
	assert_string_equal(rest, "wothree");
	assert_int_equal(text_break("µµµ µ", 3, &rest), 6); /* cells, not bytes */
	assert_string_equal(rest, "µ");
	assert_int_equal(text_break("", 5, &rest), 0);
	assert_string_equal(rest, "");
}

static void test_parse_ns(void **state)
{
	static const struct { const char *text; uint64_t ns; } good[] = {
		{ "300ns", 300 }, { "1ms", 1000000 }, { "1.5us", 1500 }, { "2s", 2000000000 },
		{ "0s", 0 }, { "2.5µs", 2500 },
	};
	static const char *const bad[] = { "", "5", "ms", "-1ms", "1 ms", "1m", "nans", "infs", "1e30s" };
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(text_parse_ns(good[i].text, &ns));
		assert_int_equal(ns, good[i].ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_parse_ns(bad[i], &ns));
}

static const char *share(struct text *t, uint64_t part, uint64_t all)
{
	text_clear(t);
	text_add_share(t, part, all);
	return t->at;
}

static const char *rate(struct text *t, double number)
{
	text_clear(t);
	text_add_rate(t, number);
	return t->at;
}

/* Sums of a forged file's times wrap: no ratio of them may be more than a number can hold. */
static void test_ratios(void **state)
{
	struct text t;

	(void)state;
	assert_string_equal(share(&t, 1, 3), "33.3 %");
	assert_string_equal(share(&t, 5, 0), "0.0 %");
	assert_string_equal(share(&t, 7, 7), "100.0 %");
	assert_string_equal(share(&t, UINT64_MAX, 1), "100000000.0 %");
	assert_string_equal(rate(&t, 0.25), "0.25");
	assert_string_equal(rate(&t, 1234.5), "1,235");
	assert_string_equal(rate(&t, 1e300), "1,000,000,000,000,000,000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_break),
		cmocka_unit_test(test_parse_ns),
		cmocka_unit_test(test_ratios),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
