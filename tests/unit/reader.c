/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Files that are empty, torn, damaged, foreign or from the future: what is whole is read, the rest is said. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <zlib.h>

#include "tests/trace_script.h"
#include "trace-viewer/model.h"
#include "trace-viewer/trace_format.h"

static const char script[] =
	"meta command vmm\n"
	"func 3 ioctl kvm kvm_vcpu_ioctl kvm_vcpu_ioctl fentry - - - -\n"
	"repeat 3\n"
	"repeat 20\n"
	"+100 ioctl_enter func=3 vm=0xa000 vcpu_id=0 cmd=KVM_RUN\n"
	"+100 kvm_entry rip=0x10 vcpu_id=0\n"
	"+100 kvm_exit rip=0x10 reason=0x78 isa=2 vcpu_id=0\n"
	"+100 ioctl_exit func=3 cmd=KVM_RUN result=0\n"
	"done\n"
	"flush\n"
	"done\n"
	"end lost 0\n";

static uint8_t *bytes;
static size_t bytes_sz;

static int setup(void **state)
{
	char why[200];

	(void)state;
	bytes = trace_script_bytes(script, &bytes_sz, why, sizeof(why));
	return bytes ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	free(bytes);
	return 0;
}

struct outcome {
	bool is_open;
	uint64_t record_cnt, gap_cnt;
	bool in_order;
	char text[256]; /* why it did not open, or how it ended */
};

static struct outcome outcome_read(trace_read_fn *read, void *owner, bool is_ahead)
{
	struct outcome o = { 0 };
	struct trace_reader *rd = trace_reader_new(read, owner, o.text, sizeof(o.text));
	struct model *model;

	if (!rd)
		return o;
	if (is_ahead)
		trace_reader_ahead(rd);
	o.is_open = true;
	model = model_new(MODEL_FOLDED, NULL);
	model_read(model, rd);
	o.record_cnt = model->record_cnt;
	o.gap_cnt = model->gap_cnt;
	o.in_order = model->ending.in_order;
	snprintf(o.text, sizeof(o.text), "%s", model->ending.text);
	model_free(model);
	trace_reader_free(rd);
	return o;
}

/* Whether a thread reads ahead or not is not to be seen. */
static struct outcome outcome_of(const uint8_t *from, size_t sz)
{
	struct trace_memory memory = { from, sz }, again = memory;
	struct outcome o = outcome_read(trace_read_memory, &memory, false);
	struct outcome ahead = outcome_read(trace_read_memory, &again, true);

	assert_int_equal(ahead.is_open, o.is_open);
	assert_int_equal(ahead.record_cnt, o.record_cnt);
	assert_int_equal(ahead.gap_cnt, o.gap_cnt);
	assert_int_equal(ahead.in_order, o.in_order);
	assert_string_equal(ahead.text, o.text);
	return o;
}

static void test_whole(void **state)
{
	struct outcome o = outcome_of(bytes, bytes_sz);

	(void)state;
	assert_true(o.is_open);
	assert_true(o.in_order);
	assert_int_equal(o.record_cnt, 240);
	assert_int_equal(o.gap_cnt, 0);
}

static void test_headers(void **state)
{
	uint8_t head[sizeof(struct trace_file_header)];
	struct trace_file_header *h = (struct trace_file_header *)head;
	struct outcome o = outcome_of(bytes, 0);

	(void)state;
	assert_false(o.is_open);
	assert_non_null(strstr(o.text, "is empty"));
	assert_non_null(strstr(outcome_of((const uint8_t *)"#!/bin/sh\nhello world and more", 30).text,
			       "not a kvmtree recording"));
	memcpy(head, bytes, sizeof(head));
	h->version_major = TRACE_VERSION_MAJOR + 1;
	h->crc = (uint32_t)crc32(0, head, offsetof(struct trace_file_header, crc));
	assert_non_null(strstr(outcome_of(head, sizeof(head)).text, "format version 2"));
	h->version_major = TRACE_VERSION_MAJOR;
	assert_non_null(strstr(outcome_of(head, sizeof(head)).text, "damaged header"));
}

/* A file cut anywhere gives what came before, and says that it ends early. */
static void test_truncated(void **state)
{
	uint64_t last = 0;

	(void)state;
	for (size_t sz = 0; sz < bytes_sz; sz++) {
		struct outcome o = outcome_of(bytes, sz);

		if (sz < sizeof(struct trace_file_header)) {
			assert_false(o.is_open);
			continue;
		}
		assert_true(o.is_open);
		assert_false(o.in_order);
		assert_non_null(strstr(o.text, "ends after"));
		assert_true(o.record_cnt >= last);
		last = o.record_cnt;
	}
	assert_int_equal(last, 240);
}

/* One changed byte costs at most the chunk that it is in, and never goes unnoticed. */
static void test_flipped(void **state)
{
	uint8_t *copy = malloc(bytes_sz);

	(void)state;
	assert_non_null(copy);
	for (size_t i = 0; i < bytes_sz; i++) {
		struct outcome o;

		memcpy(copy, bytes, bytes_sz);
		copy[i] ^= (uint8_t)(1u << i % 8);
		o = outcome_of(copy, bytes_sz);
		if (i < sizeof(struct trace_file_header)) {
			assert_false(o.is_open);
			continue;
		}
		assert_true(o.is_open);
		assert_true(o.gap_cnt > 0 || !o.in_order);
		/* without their schema no records can be read at all */
		if (o.record_cnt)
			assert_true(o.record_cnt >= 160);
	}
	free(copy);
}

/* Sizes that lie: a header with a right checksum that promises what is not there. */
static void test_huge(void **state)
{
	static const uint32_t sizes[] = { UINT32_MAX, TRACE_PAYLOAD_MAX + 1, TRACE_PAYLOAD_MAX, 1 };
	size_t sz = sizeof(struct trace_file_header) + sizeof(struct trace_chunk_header);
	struct trace_chunk_header chunk = { .magic = TRACE_CHUNK_MAGIC, .type = TRACE_CHUNK_EVENTS };
	uint8_t *copy = malloc(sz);

	(void)state;
	assert_non_null(copy);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		chunk.raw_sz = chunk.stored_sz = sizes[i];
		chunk.crc = (uint32_t)crc32(0, (const Bytef *)&chunk, offsetof(struct trace_chunk_header, crc));
		memcpy(copy, bytes, sizeof(struct trace_file_header));
		memcpy(copy + sizeof(struct trace_file_header), &chunk, sizeof(chunk));
		assert_non_null(strstr(outcome_of(copy, sz).text, "torn chunk"));
	}
	free(copy);
}

/* A disk that fails after so many bytes. */
static ssize_t read_failing(void *owner, void *buf, size_t sz)
{
	ssize_t n = trace_read_memory(owner, buf, sz);

	return n ? n : -EIO;
}

static void test_failing(void **state)
{
	(void)state;
	for (int is_ahead = 0; is_ahead < 2; is_ahead++) {
		struct trace_memory memory = { bytes, bytes_sz - 1 };
		struct outcome o = outcome_read(read_failing, &memory, is_ahead);

		assert_true(o.is_open);
		assert_false(o.in_order);
		assert_int_equal(o.record_cnt, 240);
		assert_non_null(strstr(o.text, "cannot be read beyond byte"));
	}
}

/* Who stops reading does not wait for the rest of the file: there is more of it than is fetched ahead. */
static void test_left(void **state)
{
	struct trace_memory memory = { bytes, bytes_sz };
	char why[200];
	struct trace_reader *rd = trace_reader_new(trace_read_memory, &memory, why, sizeof(why));
	struct trace_item item;

	(void)state;
	assert_non_null(rd);
	trace_reader_ahead(rd);
	assert_int_equal(trace_reader_next(rd, &item), 1);
	trace_reader_free(rd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),	  cmocka_unit_test(test_headers),
		cmocka_unit_test(test_truncated), cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_huge),	  cmocka_unit_test(test_failing),
		cmocka_unit_test(test_left),
	};

	return cmocka_run_group_tests_name("reader", tests, setup, teardown);
}
