/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A tree that is written while it grows is, byte for byte, the tree that is kept whole and then printed,
 * however early its frames are written; over the golden scripts and over random recordings.
 */
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
#include "trace-viewer/infer.h"
#include "trace-viewer/tree_stream.h"

static char *print(const struct model *model, struct tree_stream *stream,
		   const struct tree_options *options)
{
	struct output out = { .width = 140 };
	char *text = NULL;
	size_t sz;

	out.file = open_memstream(&text, &sz);
	assert_non_null(out.file);
	if (stream)
		assert_int_equal(tree_stream_print(stream, &out, model, options), 0);
	else
		tree_print(&out, model, options);
	fclose(out.file);
	return text;
}

/* Fails with the first line that differs. */
static void check_same(const char *streamed, const char *whole, const char *name, unsigned int number)
{
	while (*streamed || *whole) {
		size_t a = strcspn(streamed, "\n"), b = strcspn(whole, "\n");

		if (a != b || memcmp(streamed, whole, a))
			fail_msg("%s %u:\nstreamed '%.*s'\nwhole    '%.*s'", name, number, (int)a, streamed,
				 (int)b, whole);
		streamed += a + (streamed[a] == '\n');
		whole += b + (whole[b] == '\n');
	}
}

/* --- golden scripts -------------------------------------------------------------- */

static char *script_tree(const unsigned char *bytes, size_t sz, const struct tree_options *options,
			 const struct filter *filter, bool is_stream, size_t live_max)
{
	struct trace_memory memory = { bytes, sz };
	struct tree_stream *stream = is_stream ? tree_stream_new(options, false, live_max) : NULL;
	struct model *model = model_new(MODEL_WHOLE, NULL);
	struct trace_reader *rd;
	char why[256], *text;

	rd = trace_reader_new(trace_read_memory, &memory, why, sizeof(why));
	assert_non_null(rd);
	model_filter(model, filter);
	if (stream)
		model_drain(model, tree_stream_sink(stream));
	model_read(model, rd);
	if (!stream)
		infer_frames(model);
	text = print(model, stream, options);
	tree_stream_free(stream);
	model_free(model);
	trace_reader_free(rd);
	assert_int_equal(node_live_cnt(), 0);
	return text;
}

static void check_script(const char *name, size_t live_max)
{
	static const struct tree_options options[] = {
		{ .vcpu = -1 }, { .vcpu = -1, .depth = 3 }, { .vcpu = -1, .has_why = true },
		{ .vcpu = -1, .vm = 1 },
	};
	static const struct filter filters[] = {
		{ .layers = NULL }, { .layers = "ioctl,exit" }, { .path = "run" },
		{ .slower = { true, 1000 } },
	};
	char path[128], why[200], *script;
	unsigned char *bytes;
	size_t sz;

	snprintf(path, sizeof(path), "tests/golden/%s.script", name);
	script = file_text(path);
	assert_non_null(script);
	bytes = trace_script_bytes(script, &sz, why, sizeof(why));
	assert_non_null(bytes);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		for (size_t f = 0; f < sizeof(filters) / sizeof(filters[0]); f++) {
			char *whole = script_tree(bytes, sz, &options[i], &filters[f], false, 0);
			char *streamed = script_tree(bytes, sz, &options[i], &filters[f], true, live_max);

			check_same(streamed, whole, name, (unsigned int)(100 * live_max + 10 * i + f));
			free(whole);
			free(streamed);
		}
	free(bytes);
	free(script);
}

static void test_scripts(void **state)
{
	static const char *const threaded[] = { "hello_amd", "two_vms" };
	static const char *const plain[] = { "loop", "loss", "mmio_intel", "run_frames" };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		check_script(threaded[i], TREE_STREAM_LIVE_MAX);
	for (size_t i = 0; i < 4; i++)
		for (size_t live_max = 0; live_max < 40; live_max += 13)
			check_script(plain[i], live_max);
}

/* --- random recordings -------------------------------------------------------------- */

static uint64_t random_state;

static uint32_t below(uint32_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 20) % limit;
}

static const struct func_row funcs[] = {
	{ .id = 1, .layer = "vmm", .owner = "vmm", .symbol = "vcpu_run", .concept = "vcpu_run",
	  .rung = "uprobe", .under = "", .args = "", .note = "", .returns = "int", .is_vmm = true },
	{ .id = 2, .layer = "vmm", .owner = "vmm", .symbol = "handle_io", .concept = "handle_io",
	  .rung = "uprobe", .under = "", .args = "", .note = "", .returns = "void", .is_vmm = true },
	{ .id = 3, .layer = "kvm", .owner = "kvm", .symbol = "kvm_mmu_load", .concept = "kvm_mmu_load",
	  .rung = "fentry", .under = "", .args = "", .note = "", .returns = "int" },
};

struct twins {
	struct model *models[2];
	uint64_t now_ns;
};

static void feed(struct twins *t, uint32_t kind, union record *rec)
{
	struct trace_item item = { .kind = TRACE_ITEM_RECORD, .rec = rec };

	rec->header.kind = kind;
	rec->header.time_ns = t->now_ns += 1 + below(3000);
	rec->header.tid = 100 + below(3);
	rec->header.tgid = 100;
	rec->header.cpu = below(2);
	for (unsigned int i = 0; i < 2; i++)
		model_feed(t->models[i], &item);
}

#define FEED(t, kind, ...) feed(t, REC_##kind, &(union record){ .kind = { __VA_ARGS__ } })

/* Any record after any other: begins without ends, ends without begins. */
static void feed_random(struct twins *t)
{
	switch (below(12)) {
	case 0:
		FEED(t, ioctl_enter, .vm = 0xa000, .cmd = KVM_RUN, .vcpu_id = 0);
		break;
	case 1:
		FEED(t, ioctl_exit, .cmd = KVM_RUN);
		break;
	case 2:
		FEED(t, func_enter, .func = 1 + below(4), .arg_cnt = 1);
		break;
	case 3:
		FEED(t, func_exit, .func = 1 + below(4), .result = below(2));
		break;
	case 4:
	case 5:
	case 6:
		FEED(t, kvm_entry, .rip = 0x1000 + below(4), .vcpu_id = 0);
		break;
	case 7:
	case 8:
		FEED(t, kvm_exit, .reason = below(3) ? 0x7b : 0x78, .isa = REC_ISA_SVM,
		     .info1 = 0x3f80011, .vcpu_id = 0);
		break;
	case 9:
		FEED(t, kvm_pio, .port = 0x3f8, .size = 1, .count = 1, .value = below(256));
		break;
	case 10:
		FEED(t, kvm_userspace_exit, .reason = KVM_EXIT_IO);
		break;
	default:
		if (!below(40))
			FEED(t, lost, .count = 3, .cause = REC_LOST_RING_FULL);
		else
			FEED(t, ioctl_enter, .vm = 0xa000, .cmd = KVM_GET_REGS, .vcpu_id = -1);
	}
}

static void test_random(void **state)
{
	const struct tree_options options = { .vcpu = -1 };
	const struct trace_ending ending = { .in_order = true };

	(void)state;
	for (uint64_t seed = 1; seed <= 250; seed++) {
		struct tree_stream *stream = tree_stream_new(&options, false, seed % 5 * 7);
		struct twins t = { .models = { model_new(MODEL_WHOLE, NULL), model_new(MODEL_WHOLE, NULL) } };
		char *streamed, *whole;

		random_state = seed * 0x9e3779b97f4a7c15ull;
		model_drain(t.models[0], tree_stream_sink(stream));
		for (size_t i = 0; i < 3; i++)
			for (unsigned int m = 0; m < 2; m++)
				model_feed(t.models[m], &(struct trace_item){ .kind = TRACE_ITEM_FUNC,
									     .func = &funcs[i] });
		for (unsigned int i = 0; i < 600; i++)
			feed_random(&t);
		for (unsigned int m = 0; m < 2; m++)
			model_finish(t.models[m], &ending);
		infer_frames(t.models[1]);
		streamed = print(t.models[0], stream, &options);
		whole = print(t.models[1], NULL, &options);
		check_same(streamed, whole, "seed", (unsigned int)seed);
		free(streamed);
		free(whole);
		tree_stream_free(stream);
		model_free(t.models[0]);
		model_free(t.models[1]);
		assert_int_equal(node_live_cnt(), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
