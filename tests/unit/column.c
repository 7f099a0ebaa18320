/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Columns of numbers, as turns have their times: of every width, with some that are far, and forged ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/random.h"
#include "trace-viewer/column.h"
#include "trace-viewer/trace_format.h"

/* Puts the numbers into a column and out again; returns its bytes. */
static size_t column_round_trip(const uint64_t *numbers, uint32_t cnt)
{
	uint8_t bytes[COLUMN_SZ_MAX(TRACE_TURNS_MAX)];
	const uint8_t *in = bytes, *end;
	uint64_t least = cnt ? UINT64_MAX : 0, most = 0;
	struct column column = { 0 };

	for (uint32_t i = 0; i < cnt; i++) {
		least = numbers[i] < least ? numbers[i] : least;
		most = numbers[i] > most ? numbers[i] : most;
	}
	end = column_put(bytes, numbers, cnt, least, most);
	for (const uint8_t *cut = bytes; cut < end; cut++) {
		in = bytes;
		assert_false(column_get(&in, cut, cnt, &column));
	}
	in = bytes;
	assert_true(column_get(&in, end, cnt, &column));
	assert_ptr_equal(in, end);
	for (uint32_t i = 0; i < cnt; i++)
		assert_int_equal(column_number(&column, i), numbers[i]);
	return (size_t)(end - bytes);
}

/* Numbers of every width, also those that wrap, and from any bit of a byte on. */
static void columns_come_back(void **state)
{
	uint64_t numbers[TRACE_TURNS_MAX];

	(void)state;
	for (uint32_t width = 0; width <= 64; width++) {
		for (uint32_t cnt = 0; cnt <= TRACE_TURNS_MAX; cnt++) {
			for (uint32_t i = 0; i < cnt; i++)
				numbers[i] = 1000 + (width ? random_next() >> (64 - width) : 0);
			column_round_trip(numbers, cnt);
		}
	}
}

/* What one of them takes that is far from the others the others do not take. */
static void far_numbers_are_apart(void **state)
{
	uint64_t numbers[TRACE_TURNS_MAX];
	size_t sz;

	(void)state;
	for (uint32_t i = 0; i < TRACE_TURNS_MAX; i++)
		numbers[i] = 20000 + below(64);
	sz = column_round_trip(numbers, TRACE_TURNS_MAX);
	assert_in_range(sz, 3 + 1 + 64 * 5 / 8, 3 + 1 + 64 * 6 / 8);
	for (uint32_t far_cnt = 1; far_cnt <= 3; far_cnt++) {
		numbers[10 * far_cnt] = 20000 + (1u << 20);
		assert_in_range(column_round_trip(numbers, TRACE_TURNS_MAX), sz, 3 + 2 + 64 * 7 / 8 + 4 * far_cnt);
	}
	for (uint32_t shift = 0; shift < 64; shift++) { /* as far as can be, from few bits and from many */
		for (uint32_t i = 0; i < TRACE_TURNS_MAX; i++)
			numbers[i] = below(2) ? 0 : 1ull << shift >> below(8);
		numbers[0] = 0;
		numbers[TRACE_TURNS_MAX - 1] = UINT64_MAX;
		column_round_trip(numbers, TRACE_TURNS_MAX);
	}
}

/* Numbers that a column can be made to say and that are not 64 bits. */
static void far_numbers_that_cannot_be_are_refused(void **state)
{
	/* least, width 8 and far numbers, the bits of two numbers, how many are far, and these */
	static const uint8_t twice[] = { 0, 65 + 8, 1, 2, 2, 65, 65 };
	static const uint8_t once[] = { 0, 65 + 8, 1, 2, 2, 65, 64 };
	static const uint8_t beside[] = { 0, 65 + 8, 1, 2, 1, 66 };
	static const uint8_t too_wide[] = { 0, 0x81, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 1, 64 }; /* 65 + 64 */
	static const uint8_t too_large[] = { 0, 65 + 8, 1, 2, 1, 0xc0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01 };
	const uint8_t *in = twice;
	struct column column;

	(void)state;
	assert_false(column_get(&in, twice + sizeof(twice), 2, &column));
	in = beside;
	assert_false(column_get(&in, beside + sizeof(beside), 2, &column));
	in = too_wide;
	assert_false(column_get(&in, too_wide + sizeof(too_wide), 2, &column));
	in = too_large;
	assert_false(column_get(&in, too_large + sizeof(too_large), 2, &column));
	in = once;
	assert_true(column_get(&in, once + sizeof(once), 2, &column));
	assert_int_equal(column_number(&column, 0), 257);
	assert_int_equal(column_number(&column, 1), 258);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_come_back),
		cmocka_unit_test(far_numbers_are_apart),
		cmocka_unit_test(far_numbers_that_cannot_be_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
