/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Trees and exit mixes against expected text: tests/golden/NAME.script is what was recorded,
 * NAME.VIEW.txt what must be printed. UPDATE=1 in the environment writes the texts anew.
 * Times are the script's, so nothing is masked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/trace_script.h"
#include "trace-viewer/infer.h"
#include "trace-viewer/stat_print.h"
#include "trace-viewer/tree_print.h"

struct view {
	const char *name;
	unsigned int width;
	bool is_ascii, is_stat, has_no_folds;
	struct tree_options tree;
	struct filter filter;
	struct stat_options stat;
};

#define TREE(...) { .vcpu = -1, __VA_ARGS__ }
#define STAT(...) .is_stat = true, .stat = { .vcpu = -1, __VA_ARGS__ }

static const struct view views[] = {
	{ .name = "160", .width = 160, .tree = TREE() },
	{ .name = "200", .width = 200, .tree = TREE(.has_missing = true) },
	{ .name = "80", .width = 80, .tree = TREE() },
	{ .name = "80.ascii", .width = 80, .is_ascii = true, .tree = TREE(.depth = 4) },
	{ .name = "no-fold", .width = 120, .has_no_folds = true, .tree = TREE() },
	{ .name = "expand", .width = 160, .tree = TREE(.has_expand = true) },
	{ .name = "vm2", .width = 160, .tree = TREE(.vm = 2) },
	{ .name = "vcpu1", .width = 160, .tree = { .vcpu = 1 } },
	{ .name = "why", .width = 120, .tree = TREE(.has_why = true, .depth = 3) },
	{ .name = "create-vcpu", .width = 160, .tree = TREE(), .filter.path = "create-vcpu" },
	{ .name = "run", .width = 160, .tree = TREE(), .filter.path = "run" },
	{ .name = "io", .width = 160, .tree = TREE(), .filter.reasons = { 1, { "io:0x3f8" } } },
	{ .name = "svm", .width = 160, .tree = TREE(), .filter.functions = { 1, { "svm_*" } } },
	{ .name = "slower", .width = 160, .tree = TREE(), .filter.slower = { true, 400000 } },
	{ .name = "window", .width = 160, .tree = TREE(), .filter = { .from = { true, 1150000 }, .to = { true, 1300000 } } },
	{ .name = "layers", .width = 160, .tree = TREE(), .filter.layers = "ioctl,vendor" },
	{ .name = "sources", .width = 160, .tree = TREE(), .filter.sources = "tracepoint,inlined" },
	{ .name = "nothing", .width = 160, .tree = TREE(), .filter.reasons = { 1, { "hypercall" } } },
	{ .name = "legend", .width = 100, .tree = TREE(.has_legend = true, .depth = 1) },
	{ .name = "stat", .width = 120, STAT() },
	{ .name = "stat.80", .width = 80, STAT() },
	{ .name = "stat.200", .width = 200, STAT(.sort = "count") },
	{ .name = "stat.device", .width = 100, STAT(.by = "device") },
	{ .name = "stat.port", .width = 100, STAT(.by = "port", .sort = "key") },
	{ .name = "stat.gpa", .width = 100, STAT(.by = "gpa", .top = 1) },
	{ .name = "stat.handler", .width = 100, STAT(.by = "handler") },
	{ .name = "stat.user", .width = 100, STAT(.by = "user") },
	{ .name = "stat.vcpu", .width = 100, STAT(.by = "vcpu", .vm = 1) },
	{ .name = "stat.histogram", .width = 80, STAT(.has_histogram = true, .sort = "max") },
	{ .name = "stat.histogram.ascii", .width = 80, .is_ascii = true, STAT(.has_histogram = true, .top = 1) },
	{ .name = "stat.create", .width = 100, STAT(.has_create = true, .by = "concept") },
};

struct test_case {
	const char *script;
	const struct view *view;
};

static struct model *model_of(const unsigned char *bytes, size_t sz, const struct view *view,
			      const struct observer *observer, struct trace_reader **rd)
{
	struct trace_memory *memory = calloc(1, sizeof(*memory));
	struct model *model = model_new(view->has_no_folds ? MODEL_WHOLE : MODEL_FOLDED, observer);
	char why[256];

	assert_non_null(memory);
	*memory = (struct trace_memory){ bytes, sz };
	*rd = trace_reader_new(trace_read_memory, memory, why, sizeof(why));
	assert_non_null(*rd);
	model_filter(model, &view->filter);
	model_read(model, *rd);
	infer_frames(model);
	free(memory);
	return model;
}

static char *print(const struct model *model, const struct view *view, const struct exit_stat *stat)
{
	struct output out = { .width = view->width, .is_ascii = view->is_ascii };
	char *text = NULL;
	size_t sz;

	out.file = open_memstream(&text, &sz);
	assert_non_null(out.file);
	if (view->is_stat)
		stat_print(&out, model, stat);
	else
		tree_print(&out, model, &view->tree);
	fclose(out.file);
	return text;
}

static void check_width(const char *text, unsigned int width)
{
	char line[2048];

	while (*text) {
		size_t n = strcspn(text, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		/* notes are sentences of their own; the terminal may break them */
		if (text_cells(line) > width && !strstr(line, "note:"))
			fail_msg("wider than %u: %s", width, line);
		if (n && line[n - 1] == ' ')
			fail_msg("a space at the end: '%s'", line);
		text += n + (text[n] == '\n');
	}
}

static void test_golden(void **state)
{
	const struct test_case *test = *state;
	char path[200], why[200], *script, *got, *expected;
	struct exit_stat *stat = exit_stat_new(&test->view->stat);
	struct trace_reader *rd;
	struct observer observer;
	struct model *model;
	unsigned char *bytes;
	size_t sz;

	assert_non_null(stat);
	observer = exit_stat_observer(stat);
	snprintf(path, sizeof(path), "tests/golden/%s.script", test->script);
	script = file_text(path);
	assert_non_null(script);
	bytes = trace_script_bytes(script, &sz, why, sizeof(why));
	if (!bytes)
		fail_msg("%s: %s", path, why);
	model = model_of(bytes, sz, test->view, &observer, &rd);
	got = print(model, test->view, stat);
	snprintf(path, sizeof(path), "tests/golden/%s.%s.txt", test->script, test->view->name);
	if (getenv("UPDATE")) {
		FILE *file = fopen(path, "we");

		assert_non_null(file);
		fputs(got, file);
		fclose(file);
	}
	expected = file_text(path);
	assert_non_null(expected);
	if (strcmp(got, expected))
		fail_msg("%s differs; this was printed:\n%s", path, got);
	check_width(got, test->view->width);
	exit_stat_free(stat);
	model_free(model);
	trace_reader_free(rd);
	free(bytes);
	free(script);
	free(got);
	free(expected);
}

static const struct { const char *script, *view; } rows[] = {
	{ "hello_amd", "160" },	   { "hello_amd", "80" },     { "hello_amd", "80.ascii" },
	{ "hello_amd", "no-fold" }, { "hello_amd", "expand" }, { "hello_amd", "stat" },
	{ "hello_amd", "200" },	   { "hello_amd", "why" },    { "mmio_intel", "160" },
	{ "mmio_intel", "stat" },  { "two_vms", "160" },      { "two_vms", "vm2" },
	{ "two_vms", "vcpu1" },	   { "two_vms", "stat" },     { "loss", "160" },	   { "ring", "160" },
	{ "loop_loss", "160" },	   { "off_cpu_loop", "expand" },
	{ "hello_amd", "stat.80" }, { "hello_amd", "stat.200" }, { "hello_amd", "stat.create" },
	{ "hello_amd", "stat.histogram" }, { "hello_amd", "stat.histogram.ascii" },
	{ "mmio_intel", "stat.device" }, { "mmio_intel", "stat.port" }, { "mmio_intel", "stat.gpa" },
	{ "mmio_intel", "stat.handler" }, { "mmio_intel", "stat.user" }, { "two_vms", "stat.vcpu" },
	{ "loop", "160" },	   { "full", "no-fold" },	   { "loop", "expand" },    { "run_frames", "no-fold" }, { "user_frames", "no-fold" },
	{ "hello_amd", "create-vcpu" }, { "hello_amd", "run" },	    { "hello_amd", "io" },
	{ "hello_amd", "svm" },	   { "hello_amd", "slower" }, { "hello_amd", "window" },
	{ "hello_amd", "legend" }, { "hello_amd", "layers" }, { "hello_amd", "sources" }, { "hello_amd", "nothing" },
	{ "waits", "160" },	   { "waits", "80" },	    { "waits", "no-fold" },  { "waits", "stat.200" },
	{ "waits", "why" },
};

#define ROW_CNT (sizeof(rows) / sizeof(rows[0]))

int main(void)
{
	static struct test_case cases[ROW_CNT];
	static char names[ROW_CNT][64];
	struct CMUnitTest tests[ROW_CNT];

	for (size_t i = 0; i < ROW_CNT; i++) {
		cases[i].script = rows[i].script;
		for (size_t v = 0; v < sizeof(views) / sizeof(views[0]); v++)
			if (!strcmp(views[v].name, rows[i].view))
				cases[i].view = &views[v];
		snprintf(names[i], sizeof(names[i]), "%s %s", rows[i].script, rows[i].view);
		tests[i] = (struct CMUnitTest){ .name = names[i], .test_func = test_golden,
						.initial_state = &cases[i] };
	}
	return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
