/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Turns of the run loop through the encoder and back, among records of other kinds. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "trace-viewer/column.h"
#include "trace-viewer/record_codec.h"
#include "trace-viewer/trace_format.h"

#define KIND_ROW(name) REC_##name,
static const uint32_t kinds[] = { TRACE_TURN_KINDS(KIND_ROW) };

enum { RECORDS = 4096, CHUNK_SZ = 1u << 20 };

/* What went in, one by one as it has to come out. */
struct journal {
	struct encoder *enc;
	union record records[RECORDS];
	int cnt;
	uint64_t now_ns;
};

static uint64_t random_state;

static uint64_t random_next(void)
{
	return random_state = random_state * 6364136223846793005u + 1442695040888963407u;
}

static uint32_t below(uint32_t limit)
{
	return (uint32_t)(random_next() >> 33) % limit;
}

static struct journal *journal_new(void)
{
	struct journal *j = calloc(1, sizeof(*j));

	j->enc = encoder_new(CHUNK_SZ);
	j->now_ns = 5000;
	random_state = 7;
	return j;
}

static void journal_free(struct journal *j)
{
	encoder_free(j->enc);
	free(j);
}

/* A record of a thread; `value` is in its first field. */
static union record record_of(struct journal *j, uint32_t kind, uint32_t tid, uint64_t value)
{
	union record rec;

	memset(&rec, 0, sizeof(rec));
	rec.header = (struct rec_header){ .size = record_kind(kind)->size, .kind = kind, .tid = tid,
					  .tgid = 9, .time_ns = j->now_ns += below(300) };
	memcpy(&rec.header + 1, &value, sizeof(value));
	return rec;
}

static void append(struct journal *j, union record rec)
{
	assert_int_equal(encoder_append(j->enc, &rec), 0);
	j->records[j->cnt++] = rec;
}

static void append_turn(struct journal *j, uint32_t tid, uint32_t parts, uint64_t value)
{
	union record recs[TURN_PART_CNT];

	for (int i = 0; i < TURN_PART_CNT; i++) {
		if (!(parts >> i & 1))
			continue;
		recs[i] = record_of(j, kinds[i], tid, value);
		j->records[j->cnt++] = recs[i];
	}
	assert_int_equal(encoder_append_turn(j->enc, recs, parts), 0);
}

static int part_before(uint32_t parts, int part)
{
	return 31 - __builtin_clz(parts & ((1u << part) - 1));
}

/*
 * The same again `cnt` times at other times: what has to come out is the last of each kind. Parts of `same` have
 * the time of the part before them.
 */
static int repeat_turns(struct journal *j, uint32_t tid, uint32_t parts, uint64_t value, uint32_t cnt,
			uint32_t same)
{
	const struct rec_header header = { .tid = tid, .tgid = 9 };
	__u64 ns[TRACE_TURNS_MAX][TURN_PART_CNT];
	struct turn_times times = { .stride = TURN_PART_CNT };
	int before = j->cnt, err;

	for (int i = 0; i < TURN_PART_CNT; i++)
		times.ns[i] = same >> i & 1 ? times.ns[part_before(parts, i)] : &ns[0][i];

	for (uint32_t turn = 0; turn < cnt; turn++) {
		for (int i = 0; i < TURN_PART_CNT; i++) {
			union record *rec = &j->records[j->cnt];

			if (!(parts >> i & 1))
				continue;
			*rec = record_of(j, kinds[i], tid, value);
			if (same >> i & 1)
				rec->header.time_ns = j->now_ns = j->records[j->cnt - 1].header.time_ns;
			ns[turn][i] = rec->header.time_ns;
			j->cnt++;
		}
	}
	err = encoder_repeat_turns(j->enc, &header, parts, &times, cnt);
	if (err)
		j->cnt = before;
	return err;
}

static int repeat_turn(struct journal *j, uint32_t tid, uint32_t parts, uint64_t value)
{
	return repeat_turns(j, tid, parts, value, 1, 0);
}

/* Decodes `sz` bytes of the chunk and compares; returns how the decoding ended. */
static int compare(const struct journal *j, size_t sz, int *got)
{
	const char *schema_text = record_schema_text(), *why;
	struct schema *schema = schema_parse(schema_text, strlen(schema_text), &why);
	struct decoder *dec = decoder_new(schema);
	uint64_t first, last;
	const union record *rec;
	uint32_t cnt;
	size_t all;
	const uint8_t *bytes = encoder_bytes(j->enc, &all, &cnt, &first, &last);
	uint8_t *copy = malloc(sz + 1);
	int ret;

	assert_int_equal(cnt, j->cnt);
	memcpy(copy, bytes, sz);
	decoder_start(dec, copy, sz, first);
	for (*got = 0; (ret = decoder_next(dec, &rec, &why)) == 1; ++*got) {
		assert_true(*got < j->cnt);
		assert_memory_equal(rec, &j->records[*got], rec->header.size);
	}
	free(copy);
	decoder_free(dec);
	schema_free(schema);
	return ret;
}

static size_t chunk_sz(const struct journal *j)
{
	uint64_t first, last;
	uint32_t cnt;
	size_t sz;

	encoder_bytes(j->enc, &sz, &cnt, &first, &last);
	return sz;
}

static void turns_and_records_come_back(void **state)
{
	struct journal *j = journal_new();
	int got;

	(void)state;
	while (j->cnt < RECORDS - 8) {
		uint32_t tid = 100 + below(3), parts = 1 + below((1u << TURN_PART_CNT) - 1);

		if (below(3)) {
			uint64_t value = below(2);

			append_turn(j, tid, parts, value);
			if (!below(3) && j->cnt < RECORDS - 8 * TURN_PART_CNT)
				assert_int_equal(repeat_turns(j, tid, parts, value, 1 + below(6),
							      parts & (parts - 1) & below(1u << TURN_PART_CNT)), 0);
		} else {
			append(j, record_of(j, 1 + below(REC_KIND_END - 1), tid, below(2)));
		}
	}
	assert_int_equal(compare(j, chunk_sz(j), &got), 0);
	assert_int_equal(got, j->cnt);
	journal_free(j);
}

static void a_repeated_turn_is_small(void **state)
{
	const uint32_t parts = (1u << TURN_PART_CNT) - 1;
	struct journal *j = journal_new();
	size_t sz;
	int got;

	(void)state;
	append_turn(j, 100, parts, 0x1234);
	append_turn(j, 101, parts, 0x5678);
	append_turn(j, 100, parts, 0x1234);
	sz = chunk_sz(j);
	for (int i = 0; i < 100; i++)
		assert_int_equal(repeat_turn(j, 100, parts, 0x1234), 0);
	/* kind, parts, count, the first time, and a number and its width for each column */
	assert_in_range(chunk_sz(j) - sz, 100 * (3 + 1 + 2 * TURN_PART_CNT), 100 * (3 + 2 + 3 * TURN_PART_CNT));
	sz = chunk_sz(j);
	assert_int_equal(repeat_turns(j, 100, parts, 0x1234, 32, 1u << TURN_PART_kvm_pio), 0);
	/* the head once, and for each time but that of port I/O the 9 bits that its numbers have at most */
	assert_in_range(chunk_sz(j) - sz, 32 * (TURN_PART_CNT - 1) * 7 / 8,
			4 + 2 + (TURN_PART_CNT - 1) * (3 + 32 * 9 / 8));
	assert_int_equal(repeat_turn(j, 101, parts, 0x5678), 0);
	assert_int_equal(compare(j, chunk_sz(j), &got), 0);
	assert_int_equal(got, j->cnt);
	journal_free(j);
}

static void a_turn_that_is_not_at_hand_is_not_repeated(void **state)
{
	struct journal *j = journal_new();

	(void)state;
	assert_int_equal(repeat_turn(j, 100, 6, 1), -ENODATA);
	append_turn(j, 100, 6, 1);
	assert_int_equal(repeat_turn(j, 101, 6, 1), -ENODATA); /* another thread */
	assert_int_equal(repeat_turn(j, 100, 2, 1), -ENODATA); /* other parts */
	append(j, record_of(j, REC_kvm_msr, 100, 5));	       /* no part of a turn */
	assert_int_equal(repeat_turn(j, 100, 6, 1), 0);
	append(j, record_of(j, REC_kvm_exit, 100, 5)); /* now the last exit is another one */
	assert_int_equal(repeat_turn(j, 100, 6, 1), -ENODATA);
	append_turn(j, 100, 6, 1);
	encoder_reset(j->enc); /* and the next chunk knows nothing of this one */
	assert_int_equal(repeat_turn(j, 100, 6, 1), -ENODATA);
	journal_free(j);
}

/* Cut anywhere, a chunk gives whole records and then an end or an error; within a turn an error. */
static void torn_turns_are_seen(void **state)
{
	struct journal *j = journal_new();
	size_t sz, whole[3];
	int got;

	(void)state;
	for (int i = 0; i < 3; i++) {
		append_turn(j, 100, 0x3f, (uint64_t)i / 2);
		whole[i] = chunk_sz(j);
	}
	assert_int_equal(repeat_turns(j, 100, 0x3f, 1, 3, 0x20), 0);
	sz = chunk_sz(j);
	for (size_t cut = 1; cut < sz; cut++)
		assert_int_equal(compare(j, cut, &got),
				 cut == whole[0] || cut == whole[1] || cut == whole[2] ? 0 : -EBADMSG);
	journal_free(j);
}

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
		cmocka_unit_test(turns_and_records_come_back),
		cmocka_unit_test(a_repeated_turn_is_small),
		cmocka_unit_test(a_turn_that_is_not_at_hand_is_not_repeated),
		cmocka_unit_test(torn_turns_are_seen),
		cmocka_unit_test(turns_of_unknown_parts_are_refused),
		cmocka_unit_test(turns_that_cannot_be_are_refused),
		cmocka_unit_test(columns_come_back),
		cmocka_unit_test(far_numbers_are_apart),
		cmocka_unit_test(far_numbers_that_cannot_be_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
