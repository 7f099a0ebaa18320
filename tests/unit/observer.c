/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What an observer hears of a recording: every exit once, frames in order, and no tree is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <linux/kvm.h>

#include "tests/trace_script.h"
#include "trace-viewer/model.h"

struct heard {
	struct exit_fact exits[64];
	unsigned int exit_cnt;
	unsigned int open_cnt, close_cnt, depth_max;
	size_t live_max;
};

static void hear_exit(void *owner, const struct exit_fact *fact)
{
	struct heard *heard = owner;

	heard->exits[heard->exit_cnt++ % 64] = *fact;
}

static void hear_open(void *owner, const struct frame_fact *fact)
{
	struct heard *heard = owner;

	heard->open_cnt++;
	if (fact->depth > heard->depth_max)
		heard->depth_max = fact->depth;
	if (node_live_cnt() > heard->live_max)
		heard->live_max = node_live_cnt();
}

static void hear_close(void *owner, const struct frame_fact *fact)
{
	struct heard *heard = owner;

	heard->close_cnt++;
	assert_true(fact->node->end_ns >= fact->node->start_ns);
	if (fact->node->kind == NODE_IOCTL)
		assert_string_equal(frame_layer(fact->node), "ioctl");
}

/* The recording that tests/golden/NAME.script describes, as `keep` keeps it. */
static struct model *listen(const char *name, enum model_keep keep, struct heard *heard,
			    struct trace_reader **rd)
{
	struct observer observer = {
		.owner = heard, .exit = hear_exit, .frame_open = hear_open, .frame_close = hear_close,
	};
	struct model *model = model_new(keep, &observer);
	struct trace_memory memory;
	char path[128], why[256], *script;
	unsigned char *bytes;
	size_t sz;

	snprintf(path, sizeof(path), "tests/golden/%s.script", name);
	script = file_text(path);
	assert_non_null(script);
	bytes = trace_script_bytes(script, &sz, why, sizeof(why));
	assert_non_null(bytes);
	memory = (struct trace_memory){ bytes, sz };
	*rd = trace_reader_new(trace_read_memory, &memory, why, sizeof(why));
	assert_non_null(*rd);
	model_read(model, *rd);
	free(bytes);
	free(script);
	return model;
}

static void test_exits(void **state)
{
	struct heard heard = { .exit_cnt = 0 };
	const struct exit_fact *fact = heard.exits;
	struct trace_reader *rd;
	struct model *model = listen("hello_amd", MODEL_FACTS, &heard, &rd);

	(void)state;
	assert_int_equal(heard.exit_cnt, model->exit_cnt);
	assert_int_equal(heard.exit_cnt, 8);
	/* the nested page fault: served in the kernel, then entered again */
	assert_int_equal(fact[0].reason, 0x400);
	assert_int_equal(fact[0].qualifier, QUALIFIER_GPA);
	assert_int_equal(fact[0].qualifier_value, 0x1000);
	assert_int_equal(fact[0].guest_ns, 1200);
	assert_int_equal(fact[0].kernel_ns, 900 + 31000);
	assert_int_equal(fact[0].user_ns, 0);
	assert_int_equal(fact[0].user_reason, -1);
	assert_null(fact[0].handler);
	/* the first OUT: up to handle_io, which calls serial_out */
	assert_int_equal(fact[1].qualifier, QUALIFIER_PORT);
	assert_int_equal(fact[1].qualifier_value, 0x3f8);
	assert_true(fact[1].is_write);
	assert_int_equal(fact[1].user_reason, KVM_EXIT_IO);
	assert_string_equal(fact[1].handler->symbol, "handle_io");
	assert_string_equal(fact[1].callee->symbol, "serial_out");
	assert_int_equal(fact[1].vm->number, 1);
	assert_int_equal(fact[1].vcpu_id, 0);
	/* the last HLT has no entry behind it */
	assert_true(fact[7].is_open);
	assert_string_equal(fact[7].handler->symbol, "handle_halt");
	assert_null(fact[7].callee);
	for (unsigned int i = 0; i < 7; i++)
		assert_false(fact[i].is_open);
	model_free(model);
	trace_reader_free(rd);
}

/* Whatever is kept of it, the same is heard. */
static void test_keeps(void **state)
{
	static const enum model_keep keeps[] = { MODEL_FACTS, MODEL_FOLDED, MODEL_WHOLE };
	struct heard heard[3];

	(void)state;
	memset(heard, 0, sizeof(heard));
	for (unsigned int i = 0; i < 3; i++) {
		struct trace_reader *rd;
		struct model *model = listen("loop", keeps[i], &heard[i], &rd);

		assert_int_equal(heard[i].open_cnt, heard[i].close_cnt);
		assert_int_equal(heard[i].open_cnt, heard[0].open_cnt);
		assert_int_equal(heard[i].exit_cnt, heard[0].exit_cnt);
		assert_int_equal(heard[i].depth_max, heard[0].depth_max);
		model_free(model);
		trace_reader_free(rd);
		assert_int_equal(node_live_cnt(), 0);
	}
	/* nothing but open frames is kept for facts */
	assert_true(heard[0].live_max < 16);
	assert_true(heard[2].live_max > heard[0].live_max);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exits),
		cmocka_unit_test(test_keeps),
	};

	return cmocka_run_group_tests_name("observer", tests, NULL, NULL);
}
