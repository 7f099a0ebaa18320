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

#include "tests/unit/random.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_and_records_come_back),
		cmocka_unit_test(a_repeated_turn_is_small),
		cmocka_unit_test(a_turn_that_is_not_at_hand_is_not_repeated),
		cmocka_unit_test(torn_turns_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
