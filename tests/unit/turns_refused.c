/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Turns of the run loop that no encoder writes: the decoder says what is wrong with them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "trace-viewer/record_codec.h"
#include "trace-viewer/trace_format.h"

/* Why a decoder refuses a chunk that is nothing but these bytes. */
static const char *why_refused(const uint8_t *bytes, size_t bytes_sz)
{
	const char *schema_text = record_schema_text(), *why;
	struct schema *schema = schema_parse(schema_text, strlen(schema_text), &why);
	struct decoder *dec = decoder_new(schema);
	const union record *rec;

	decoder_start(dec, bytes, bytes_sz, 0);
	assert_int_equal(decoder_next(dec, &rec, &why), -EBADMSG);
	decoder_free(dec);
	schema_free(schema);
	return why;
}

static void turns_of_unknown_parts_are_refused(void **state)
{
	/* stream 1 of tid 1, tgid 1; then the parts */
	static const uint8_t bad[][8] = {
		{ TRACE_KIND_TURN + 64, 1, 1, 0 },	 /* none */
		{ TRACE_KIND_TURN + 64, 1, 1, 0x40 },	 /* the seventh */
		{ TRACE_KIND_TURN + 64, 1, 1, 0x81, 2 }, /* changed, but not there */
		{ TRACE_KIND_TURNS + 64, 1, 1, 0, 1 },
		{ TRACE_KIND_TURNS + 64, 1, 1, 0x40, 1 },
		{ TRACE_KIND_TURNS + 64, 1, 1, 0x81, 2, 1 }, /* the time of the part before it, which is not there */
		{ TRACE_KIND_TURNS + 64, 1, 1, 0x83, 1, 1 }, /* or there is none before it */
	};
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_non_null(strstr(why_refused(bad[i], sizeof(bad[i])), "of parts that there are not"));
	assert_null(schema_parse("kind 63 turn\n", 13, &why));
	assert_null(schema_parse("kind 62 turn\n", 13, &why));
}

static void turns_that_cannot_be_are_refused(void **state)
{
	/* after the head, parts, count, time: columns, each with the least and the width */
	static const struct {
		uint8_t bytes[12];
		const char *why;
	} bad[] = {
		{ { TRACE_KIND_TURNS + 64, 1, 1, 3, 0, 1, 1, 1 }, "turns of no number that can be" },
		{ { TRACE_KIND_TURNS + 64, 1, 1, 3, 65, 1, 1, 1 }, "turns of no number that can be" },
		{ { TRACE_KIND_TURNS + 64, 1, 1, 3, 2, 0, 9, 65, 9, 0 }, "turns without their times" },
		{ { TRACE_KIND_TURNS + 64, 1, 1, 3, 2, 0, 9, 0, 9, 9 }, "turns without their times" },
		/* a far number of a column of one: more of them than there are, beside it, and not whole */
		{ { TRACE_KIND_TURNS + 64, 1, 1, 3, 2, 0, 9, 66, 0, 2, 64, 64 }, "turns without their times" },
		{ { TRACE_KIND_TURNS + 64, 1, 1, 3, 2, 0, 9, 66, 0, 1, 65, 0 }, "turns without their times" },
		{ { TRACE_KIND_TURNS + 64, 1, 1, 3, 2, 0, 9, 66, 0, 1, 192, 192 }, "turns without their times" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_string_equal(why_refused(bad[i].bytes, sizeof(bad[i].bytes)), bad[i].why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_of_unknown_parts_are_refused),
		cmocka_unit_test(turns_that_cannot_be_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
