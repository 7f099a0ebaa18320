/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Records through the encoder and back; schemas of other versions; bytes that are no records. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "trace-viewer/record_codec.h"
#include "trace-viewer/trace_format.h"
#include "trace-viewer/varint.h"

/* A small generator of its own, so that a failure repeats on every machine. */
static uint64_t random_state;

static uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Sets the field NAME_sz of a field of bytes. */
static void count_set(union record *rec, const struct record_kind *kind,
		      const struct record_field *bytes)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_sz", bytes->name);
	for (const struct record_field *f = kind->fields; f->name; f++)
		if (!strcmp(f->name, name))
			memcpy((char *)rec + f->offset, &bytes->capacity, sizeof(bytes->capacity));
}

static void random_record(union record *rec, const struct record_kind *kind, uint32_t thread_cnt)
{
	memset(rec, 0, sizeof(*rec));
	for (size_t i = sizeof(rec->header); i + 8 <= kind->size; i += 8) {
		uint64_t word = random_next() >> (random_next() % 64);

		memcpy((char *)rec + i, &word, sizeof(word));
	}
	rec->header.size = kind->size;
	rec->header.kind = kind->number;
	rec->header.time_ns = random_next() % 1000000;
	rec->header.tid = (uint32_t)(random_next() % thread_cnt) + 1;
	rec->header.tgid = rec->header.tid / 3;
	rec->header.cpu = (uint32_t)(random_next() % 3);
	rec->header.flags = (uint32_t)(random_next() % 2);
	/* bytes beyond the count are not kept */
	for (const struct record_field *f = kind->fields; f->name; f++)
		if (f->type == FIELD_BYTES)
			count_set(rec, kind, f);
}

static const struct record_kind *random_kind(void)
{
	const struct record_kind *kind = NULL;

	while (!kind)
		kind = record_kind((uint32_t)(random_next() % REC_KIND_END));
	return kind;
}

static struct decoder *decoder_of(struct encoder *enc, struct schema **schema, const char *text)
{
	uint64_t first, last;
	const uint8_t *bytes;
	struct decoder *dec;
	const char *why;
	uint32_t cnt;
	size_t sz;

	*schema = schema_parse(text, strlen(text), &why);
	assert_non_null(*schema);
	dec = decoder_new(*schema);
	assert_non_null(dec);
	bytes = encoder_bytes(enc, &sz, &cnt, &first, &last);
	decoder_start(dec, bytes, sz, first);
	return dec;
}

static void every_record_comes_back(void **state)
{
	enum { RECORDS = 20000 };
	union record *records = calloc(RECORDS, sizeof(*records));
	struct encoder *enc = encoder_new(8u << 20);
	const union record *rec;
	struct schema *schema;
	struct decoder *dec;
	const char *why;

	(void)state;
	random_state = 88172645463325252u;
	for (int i = 0; i < RECORDS; i++) {
		random_record(&records[i], random_kind(), 200);
		assert_int_equal(encoder_append(enc, &records[i]), 0);
	}
	dec = decoder_of(enc, &schema, record_schema_text());
	for (int i = 0; i < RECORDS; i++) {
		assert_int_equal(decoder_next(dec, &rec, &why), 1);
		assert_memory_equal(rec, &records[i], records[i].header.size);
	}
	assert_int_equal(decoder_next(dec, &rec, &why), 0);
	decoder_free(dec);
	schema_free(schema);
	encoder_free(enc);
	free(records);
}

static void a_full_chunk_says_so(void **state)
{
	struct encoder *enc = encoder_new(100);
	union record rec;
	int err = 0, cnt = 0;

	(void)state;
	random_state = 1;
	random_record(&rec, record_kind(REC_kvm_exit), 1);
	while (!err && cnt < 1000) {
		rec.kvm_exit.rip += 0x123456789;
		err = encoder_append(enc, &rec);
		cnt += !err;
	}
	assert_int_equal(err, -ENOSPC);
	assert_in_range(cnt, 2, 100);
	encoder_reset(enc);
	assert_int_equal(encoder_append(enc, &rec), 0);
	encoder_free(enc);
}

static void more_threads_than_a_chunk_holds(void **state)
{
	struct encoder *enc = encoder_new(1u << 20);
	union record rec;

	(void)state;
	random_record(&rec, record_kind(REC_kvm_entry), 1);
	for (uint32_t tid = 0; tid < TRACE_STREAMS_MAX; tid++) {
		rec.header.tid = tid + 1;
		assert_int_equal(encoder_append(enc, &rec), 0);
	}
	rec.header.tid = TRACE_STREAMS_MAX + 1;
	assert_int_equal(encoder_append(enc, &rec), -ENOSPC);
	encoder_free(enc);
}

static void what_is_no_record_is_refused(void **state)
{
	struct encoder *enc = encoder_new(1000);
	union record rec;

	(void)state;
	random_record(&rec, record_kind(REC_kvm_exit), 1);
	rec.header.size--;
	assert_int_equal(encoder_append(enc, &rec), -EINVAL);
	rec.header.size++;
	rec.header.kind = REC_KIND_END;
	assert_int_equal(encoder_append(enc, &rec), -EINVAL);
	rec.header.kind = 0;
	assert_int_equal(encoder_append(enc, &rec), -EINVAL);
	encoder_free(enc);
}

/* Encodes one kvm_entry with rip 0x1000 on vCPU 7 and decodes it with another schema. */
static int entry_through(const char *schema_text, union record *out, uint64_t *unknown_cnt)
{
	struct encoder *enc = encoder_new(1000);
	const union record *rec = NULL;
	struct schema *schema;
	struct decoder *dec;
	const char *why;
	union record in;
	int ret;

	memset(&in, 0, sizeof(in));
	in.header.size = sizeof(in.kvm_entry);
	in.header.kind = REC_kvm_entry;
	in.header.tid = 5;
	in.header.time_ns = 99;
	in.kvm_entry.rip = 0x1000;
	in.kvm_entry.vcpu_id = 7;
	assert_int_equal(encoder_append(enc, &in), 0);
	dec = decoder_of(enc, &schema, schema_text);
	ret = decoder_next(dec, &rec, &why);
	if (ret == 1)
		memcpy(out, rec, rec->header.size);
	*unknown_cnt = decoder_unknown_cnt(dec);
	decoder_free(dec);
	schema_free(schema);
	encoder_free(enc);
	return ret;
}

static void other_schemas_map_by_name(void **state)
{
	uint64_t unknown_cnt;
	union record rec;

	(void)state;
	/* fields in another order and with other names: only what is known arrives */
	assert_int_equal(entry_through("kind 6 kvm_entry\nfield vcpu_id u64\nfield colour u32\n", &rec,
				       &unknown_cnt), 1);
	assert_int_equal(rec.kvm_entry.vcpu_id, 0x1000);
	assert_int_equal(rec.kvm_entry.rip, 0);
	assert_int_equal(rec.header.time_ns, 99);
	/* a kind that this program does not know is skipped and counted */
	assert_int_equal(entry_through("kind 6 from_the_future\nfield a u64\nfield b u64\n", &rec,
				       &unknown_cnt), 0);
	assert_int_equal(unknown_cnt, 1);
	/* a kind that the file itself does not describe cannot be skipped */
	assert_int_equal(entry_through("kind 7 kvm_exit\nfield rip u64\n", &rec, &unknown_cnt),
			 -EBADMSG);
	/* nor a record with more fields than its schema */
	assert_int_equal(entry_through("kind 6 kvm_entry\nfield rip u64\n", &rec, &unknown_cnt),
			 -EBADMSG);
}

static void bad_schemas_are_refused(void **state)
{
	static const char *const bad[] = {
		"field rip u64\n",
		"kind\n",
		"kind x kvm_exit\n",
		"kind 64 kvm_exit\n",
		"kind 6\n",
		"kind 6 a\nkind 6 b\n",
		"kind 6 a\nfield\n",
		"kind 6 a\nfield x\n",
		"kind 6 a\nfield x u16\n",
		"kind 6 a\nfield x bytes:99999\n",
		"kind 6 a\nfield 1 u64\nfield 2 u64\nfield 3 u64\nfield 4 u64\nfield 5 u64\n"
		"field 6 u64\nfield 7 u64\nfield 8 u64\nfield 9 u64\nfield 10 u64\nfield 11 u64\n"
		"field 12 u64\nfield 13 u64\nfield 14 u64\nfield 15 u64\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *why = NULL;

		assert_null(schema_parse(bad[i], strlen(bad[i]), &why));
		assert_non_null(why);
	}
}

/* Cut anywhere, the bytes give whole records and then an end or an error, never more. */
static void torn_chunks_end_in_order(void **state)
{
	struct encoder *enc = encoder_new(1u << 20);
	const union record *decoded;
	uint64_t first, last;
	const uint8_t *bytes;
	struct schema *schema;
	struct decoder *dec;
	union record rec;
	const char *why;
	uint32_t cnt;
	size_t sz;

	(void)state;
	random_state = 42;
	for (int i = 0; i < 60; i++) {
		random_record(&rec, random_kind(), 4);
		assert_int_equal(encoder_append(enc, &rec), 0);
	}
	bytes = encoder_bytes(enc, &sz, &cnt, &first, &last);
	dec = decoder_of(enc, &schema, record_schema_text());
	for (size_t cut = 0; cut < sz; cut++) {
		uint8_t *copy = malloc(cut + 1);
		uint32_t got = 0;
		int ret;

		/* a copy of just that size, so that the sanitizer sees a read beyond it */
		memcpy(copy, bytes, cut);
		decoder_start(dec, copy, cut, first);
		while ((ret = decoder_next(dec, &decoded, &why)) == 1)
			got++;
		assert_true(ret == 0 || ret == -EBADMSG);
		assert_true(got < cnt);
		free(copy);
	}
	decoder_free(dec);
	schema_free(schema);
	encoder_free(enc);
}

/* What lies behind a number, of which several bytes are read at once, is not part of it. */
static void varint_ends_among(uint64_t expected, uint8_t behind)
{
	uint8_t bytes[2 * VARINT_SZ_MAX];
	const uint8_t *in = bytes, *end;
	uint64_t value;

	memset(bytes, behind, sizeof(bytes));
	end = varint_put(bytes, expected);
	assert_true(varint_get(&in, bytes + sizeof(bytes), &value));
	assert_true(value == expected && in == end);
}

static void varints_end_among_others(void **state)
{
	(void)state;
	for (unsigned int bits = 0; bits < 64; bits++) {
		varint_ends_among(1ull << bits, 0x00);
		varint_ends_among(1ull << bits, 0xff);
		varint_ends_among((1ull << bits) - 1, 0x00);
		varint_ends_among(UINT64_MAX >> bits, 0xff);
	}
}

static void varints_are_exact(void **state)
{
	static const uint8_t too_long[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2 };
	const uint64_t values[] = { 0, 1, 127, 128, 16383, 16384, UINT64_MAX - 1, UINT64_MAX };
	const uint8_t *in = too_long;
	uint8_t bytes[VARINT_SZ_MAX];
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		uint8_t *end = varint_put(bytes, values[i]);

		in = bytes;
		assert_true(varint_get(&in, end, &value));
		assert_true(value == values[i] && in == end);
		in = bytes;
		assert_false(varint_get(&in, end - 1, &value));
		assert_true(unzigzag(zigzag(values[i])) == values[i]);
	}
	in = too_long;
	assert_false(varint_get(&in, too_long + sizeof(too_long), &value));
	assert_int_equal(zigzag((uint64_t)-1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record_comes_back),
		cmocka_unit_test(a_full_chunk_says_so),
		cmocka_unit_test(more_threads_than_a_chunk_holds),
		cmocka_unit_test(what_is_no_record_is_refused),
		cmocka_unit_test(other_schemas_map_by_name),
		cmocka_unit_test(bad_schemas_are_refused),
		cmocka_unit_test(torn_chunks_end_in_order),
		cmocka_unit_test(varints_are_exact),
		cmocka_unit_test(varints_end_among_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
