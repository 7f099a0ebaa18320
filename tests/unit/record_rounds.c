/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Rounds into a trace file, and what a reader makes of it: each part of each of them, in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/types.h>
#include <cmocka.h>

#include "bpf/round_writer.h"
#include "tests/unit/random.h"
#include "trace-viewer/trace_reader.h"

enum { BATCHES = 3000 };

/* Often the rounds before them once more; times that now and then are far apart. */
static void rounds_next(struct ring_rounds *rounds, uint64_t *now_ns)
{
	rounds->header.tid = 700 + below(2);
	rounds->header.tgid = 700;
	if (!below(4))
		rounds->info1 = below(3);
	if (!below(4))
		rounds->parts = 1 + below((1u << TURN_PART_CNT) - 1);
	rounds->cnt = 1 + below(ROUNDS_MAX);
	for (uint32_t i = 0; i < rounds->cnt; i++) {
		struct round_times *times = &rounds->times[i];
		uint64_t step = below(100) ? 300 : 1u << 31;

		times->enter_ns = *now_ns += below(2) * step;
		times->entry_ns = *now_ns += step;
		times->exit_ns = *now_ns += 1 + below(1000);
		times->end_ns = *now_ns += step;
	}
}

static void rounds_come_back(void **state)
{
	static struct ring_rounds batches[BATCHES];
	struct ring_rounds rounds = { .header.kind = RING_ROUNDS, .parts = 0x3f, .vm = 0xffff888100000000,
				      .vcpu_id = 3, .exit_rip = 0x1002, .reason = 0x7b, .isa = REC_ISA_SVM };
	struct trace_writer *trace;
	struct round_writer *writer;
	struct trace_reader *rd;
	struct trace_item item;
	uint64_t now_ns = 1000;
	FILE *file = tmpfile();
	struct trace_memory memory;
	uint8_t *bytes;
	char why[200];

	(void)state;
	assert_int_equal(trace_writer_new(&trace, fileno(file)), 0);
	writer = round_writer_new(trace);
	for (int i = 0; i < BATCHES; i++) {
		rounds_next(&rounds, &now_ns);
		batches[i] = rounds;
		assert_int_equal(round_writer_put(writer, &rounds), 0);
	}
	assert_int_equal(trace_writer_flush(trace), 0);
	memory.bytes_sz = trace_writer_bytes(trace);
	memory.bytes = bytes = malloc(memory.bytes_sz);
	assert_int_equal(pread(fileno(file), bytes, memory.bytes_sz, 0), memory.bytes_sz);
	rd = trace_reader_new(trace_read_memory, &memory, why, sizeof(why));
	assert_non_null(rd);
	for (int i = 0; i < BATCHES; i++) {
		for (uint32_t round = 0; round < batches[i].cnt; round++) {
			union record recs[TURN_PART_CNT];

			round_records(&batches[i], round, recs);
			for (int part = 0; part < TURN_PART_CNT; part++) {
				if (!(batches[i].parts >> part & 1))
					continue;
				assert_int_equal(trace_reader_next(rd, &item), 1);
				assert_int_equal(item.kind, TRACE_ITEM_RECORD);
				assert_memory_equal(item.rec, &recs[part], recs[part].header.size);
			}
		}
	}
	assert_int_equal(trace_reader_next(rd, &item), 0);
	trace_reader_free(rd);
	free(bytes);
	round_writer_free(writer);
	trace_writer_free(trace);
	fclose(file);
}

/* A busy guest: what it leaves on disk is what sets its rounds apart. */
static void rounds_that_repeat_are_small(void **state)
{
	struct ring_rounds rounds = { .header = { .kind = RING_ROUNDS, .tid = 7, .tgid = 7 }, .cnt = ROUNDS_MAX,
				      .parts = ROUND_ENTRY | ROUND_EXIT | ROUND_USER };
	struct trace_writer *trace;
	struct round_writer *writer;
	FILE *file = tmpfile();
	uint64_t now_ns = 1000, before;

	(void)state;
	assert_int_equal(trace_writer_new(&trace, fileno(file)), 0);
	writer = round_writer_new(trace);
	before = trace_writer_bytes(trace);
	for (int batch = 0; batch < 1000; batch++) {
		for (int i = 0; i < ROUNDS_MAX; i++) {
			rounds.times[i].entry_ns = now_ns += 2000 + below(500);
			rounds.times[i].exit_ns = now_ns += 1000 + below(500);
			rounds.times[i].end_ns = now_ns += 1000 + below(500);
		}
		assert_int_equal(round_writer_put(writer, &rounds), 0);
	}
	assert_int_equal(trace_writer_flush(trace), 0);
	assert_in_range((trace_writer_bytes(trace) - before) * 10 / (1000 * ROUNDS_MAX), 10, 50);
	round_writer_free(writer);
	trace_writer_free(trace);
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rounds_come_back),
		cmocka_unit_test(rounds_that_repeat_are_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
