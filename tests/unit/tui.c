/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The rows of the TUI, and what its keys do to them; the screen itself is tests/tui.bats. */
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
#include "trace-viewer/stat.h"
#include "trace-viewer/tree_text.h"
#include "trace-viewer/tui.h"

struct fixture {
	unsigned char *bytes;
	struct trace_memory memory;
	struct trace_reader *rd;
	struct exit_stat *stat;
	struct model *model;
	struct tui tui;
};

static int begin(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char *script = file_text("tests/golden/hello_amd.script"), why[256];
	struct observer observer;

	assert_non_null(f);
	assert_non_null(script);
	f->bytes = trace_script_bytes(script, &f->memory.bytes_sz, why, sizeof(why));
	f->memory.bytes = f->bytes;
	f->rd = trace_reader_new(trace_read_memory, &f->memory, why, sizeof(why));
	assert_non_null(f->rd);
	f->stat = exit_stat_new(&(struct stat_options){ .vcpu = -1 });
	assert_non_null(f->stat);
	observer = exit_stat_observer(f->stat);
	f->model = model_new(MODEL_FOLDED, &observer);
	model_read(f->model, f->rd);
	infer_frames(f->model);
	assert_true(tui_begin(&f->tui, f->model, "hello"));
	f->tui.stat = f->stat;
	free(script);
	*state = f;
	return 0;
}

static int end(void **state)
{
	struct fixture *f = *state;

	tui_release(&f->tui);
	exit_stat_free(f->stat);
	model_free(f->model);
	trace_reader_free(f->rd);
	free(f->bytes);
	free(f);
	return 0;
}

static void press(struct tui *tui, const char *keys)
{
	for (; *keys; keys++) {
		tui_key(tui, *keys);
		tui_settle(tui);
	}
}

static const char *call(const struct tui *tui)
{
	static struct tree_row row;

	tree_row_fill(&row, tui_selected(tui), true);
	return row.call.at;
}

static void test_loops_are_folded_at_first(void **state)
{
	struct tui *tui = &((struct fixture *)*state)->tui;
	size_t folded = tui->rows.cnt;

	press(tui, "/x [\n");
	assert_non_null(strstr(call(tui), "5 x ["));
	assert_int_equal(tui->rows.cnt, folded);
	press(tui, " ");
	assert_true(tui->rows.cnt > folded);
	press(tui, " ");
	assert_int_equal(tui->rows.cnt, folded);
}

static void test_all_folds_up_and_unfolds(void **state)
{
	struct tui *tui = &((struct fixture *)*state)->tui;
	size_t open;

	press(tui, "g-");
	assert_int_equal(tui->rows.cnt, 1);
	press(tui, "*");
	open = tui->rows.cnt;
	assert_true(open > 60);
	for (size_t i = 0; i < open; i++)
		assert_true(tui_node_is_open(tui->rows.rows[i].node));
}

/* At the end of the tree, too, a screen that grows has lines on all of it; and on one that shrinks the choice stays. */
static void test_screens_that_grow_are_filled(void **state)
{
	struct tui *tui = &((struct fixture *)*state)->tui;
	size_t last;

	press(tui, "*G");
	last = tui->rows.cnt - 1;
	for (unsigned int height = 1; height < 60; height++) {
		tui->height = height;
		tui_settle(tui);
		assert_int_equal(tui->selected, last);
		assert_int_equal(tui->top, last + 1 - height);
	}
	tui->height = 10;
	tui_settle(tui);
	assert_in_range(tui->selected, tui->top, tui->top + 9);
	tui->height = (unsigned int)last + 5;
	tui_settle(tui);
	assert_int_equal(tui->top, 0);
}

/* Each prefix is that of a tree: as deep as its row, and no two lines below a last child. */
static void test_prefixes(void **state)
{
	struct tui *tui = &((struct fixture *)*state)->tui;
	struct text prefix;

	press(tui, "*");
	for (size_t i = 0; i < tui->rows.cnt; i++) {
		const struct tui_row *row = &tui->rows.rows[i];

		tui_row_prefix(&tui->rows, i, &prefix, true);
		assert_int_equal(text_cells(prefix.at), 3 * (size_t)row->depth);
		if (row->depth)
			assert_non_null(strstr(prefix.at, row->is_last ? "`- " : "|- "));
	}
}

static void test_search_looks_into_what_is_folded(void **state)
{
	struct tui *tui = &((struct fixture *)*state)->tui;
	const struct node *first;

	press(tui, "g-/svm_vcpu_create\n");
	assert_string_equal(call(tui), "svm_vcpu_create");
	press(tui, "/serial_out\n");
	first = tui_selected(tui);
	press(tui, "n");
	assert_true(tui_selected(tui) != first);
	press(tui, "N");
	assert_true(tui_selected(tui) == first);
	press(tui, "/no such thing\n");
	assert_true(tui_selected(tui) == first);
	assert_non_null(strstr(tui->message.at, "nothing else"));
}

static void test_search_can_be_left(void **state)
{
	struct tui *tui = &((struct fixture *)*state)->tui;

	press(tui, "/abc\033");
	assert_false(tui->is_asking);
	assert_string_equal(tui->search, "");
	assert_false(tui->is_ended);
}

static void test_slowest_first_then_the_next(void **state)
{
	struct tui *tui = &((struct fixture *)*state)->tui;
	uint64_t ns = UINT64_MAX;
	unsigned int cnt = 0;

	for (;;) {
		const struct node *before = tui_selected(tui);

		press(tui, "s");
		if (tui_selected(tui) == before)
			break;
		assert_int_equal(tui_selected(tui)->kind, NODE_EXIT);
		assert_true(node_duration(tui_selected(tui)) <= ns);
		ns = node_duration(tui_selected(tui));
		cnt++;
	}
	/* npf, io before the loop, io of the first and the slowest time round, hlt */
	assert_int_equal(cnt, 5);
	assert_non_null(strstr(tui->message.at, "no exit is faster"));
}

static void test_next_exit_of_this_reason(void **state)
{
	struct tui *tui = &((struct fixture *)*state)->tui;
	const struct node *first;

	press(tui, "e");
	assert_non_null(strstr(tui->message.at, "no exit"));
	press(tui, "g/out 0x3f8\n");
	if (tui_selected(tui)->kind != NODE_EXIT)
		press(tui, "n");
	first = tui_selected(tui);
	press(tui, "e");
	assert_true(tui_selected(tui) != first);
	assert_int_equal(NODE_AS_CONST(exit, tui_selected(tui))->reason, 0x7b);
	press(tui, "E");
	assert_true(tui_selected(tui) == first);
}

static void test_from_the_mix_into_the_tree_and_back(void **state)
{
	struct tui *tui = &((struct fixture *)*state)->tui;

	press(tui, "g/hlt\n");
	if (tui_selected(tui)->kind != NODE_EXIT)
		press(tui, "n");
	press(tui, "\t");
	assert_int_equal(tui->view, TUI_MIX);
	assert_non_null(strstr(tui->page.lines[tui->page.selected], "hlt"));
	press(tui, "?q");
	assert_int_equal(tui->view, TUI_MIX);
	while (!strstr(tui->page.lines[tui->page.selected], "npf"))
		press(tui, tui->page.selected ? "k" : "G");
	press(tui, "\n");
	assert_int_equal(tui->view, TUI_TREE);
	assert_int_equal(NODE_AS_CONST(exit, tui_selected(tui))->reason, 0x400);
	press(tui, "\tg\n");
	assert_non_null(strstr(tui->message.at, "no exit of the tree"));
}

static void test_explanation(void **state)
{
	struct tui *tui = &((struct fixture *)*state)->tui;
	bool has_cause = false;

	press(tui, "s\n");
	assert_int_equal(tui->view, TUI_EXPLAIN);
	for (size_t i = 0; i < tui->page.cnt; i++)
		has_cause |= strstr(tui->page.lines[i], "causes it") != NULL;
	assert_true(has_cause);
	press(tui, "q");
	assert_int_equal(tui->view, TUI_TREE);
	press(tui, "q");
	assert_true(tui->is_ended);
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(test_loops_are_folded_at_first),
		ROW(test_all_folds_up_and_unfolds),
		ROW(test_screens_that_grow_are_filled),
		ROW(test_prefixes),
		ROW(test_search_looks_into_what_is_folded),
		ROW(test_search_can_be_left),
		ROW(test_slowest_first_then_the_next),
		ROW(test_next_exit_of_this_reason),
		ROW(test_from_the_mix_into_the_tree_and_back),
		ROW(test_explanation),
	};

	return cmocka_run_group_tests_name("tui", tests, NULL, NULL);
}
