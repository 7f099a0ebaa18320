/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Matching of flows: trees written as "a(b c(d))" against a merged tree written the same way, where
 * -x is in the first alone, +x in the second alone, <x and >x where x moved from and to. Random small
 * trees are held against a search through all mappings.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/flow_tree.h"
#include "trace-viewer/diff_match.h"
#include "trace-viewer/text.h"

/* --- trees from text ---------------------------------------------------------- */

static struct flow *make(struct flow *parent, char letter)
{
	return flow_add(parent, parent ? FLOW_FRAME : FLOW_ROOT, (unsigned char)letter, letter);
}

static struct flow *tree_of(const char *text)
{
	struct flow *root = make(NULL, '.'), *at = root;

	for (; *text; text++) {
		if (*text == '(')
			at = at->last;
		else if (*text == ')')
			at = at->parent;
		else if (*text != ' ')
			make(at, *text);
	}
	flow_close(root);
	return root;
}

static void add_rows(struct text *t, const struct diff_row *row)
{
	for (; row; row = row->next) {
		const struct flow *flow = row->b ? row->b : row->a;

		if (flow->change == FLOW_MOVED)
			text_add(t, row->b ? ">" : "<");
		else if (!row->a || !row->b)
			text_add(t, row->b ? "+" : "-");
		text_add(t, "%s", flow->name);
		if (row->first) {
			text_add(t, "(");
			add_rows(t, row->first);
			text_add(t, ")");
		}
		if (row->next)
			text_add(t, " ");
	}
}

static const struct { const char *a, *b, *merged; } cases[] = {
	{ "a(b c)", "a(b c)", "a(b c)" },
	{ "", "a", "+a" },
	{ "a", "", "-a" },
	{ "a(b c d)", "a(b d)", "a(b -c d)" },
	{ "a(b d)", "a(b c d)", "a(b +c d)" },
	{ "a(b x d)", "a(b y d)", "a(b -x +y d)" },
	{ "a(b x y d)", "a(b z d)", "a(b -x -y +z d)" },
	/* a wrapper comes, a wrapper goes: what it calls stays */
	{ "a(c(d e))", "a(w(c(d e)) f)", "a(+w(c(d e)) +f)" },
	{ "a(w(c(d)) f)", "a(c(d))", "a(-w c(d) -f)" },
	/* whole subtrees that went keep their shape */
	{ "a(x(y z) b)", "a(b)", "a(-x(-y -z) b)" },
	/* moved, with what is below it */
	{ "a(m(n) b c d)", "a(b c d m(n))", "a(<m(<n) b c d >m(>n))" },
	{ "a(b(m) c(d))", "a(b c(d m))", "a(b(<m) c(d >m))" },
	/* the twin with its context is chosen */
	{ "a(b(c) b(d))", "a(b(d))", "a(-b(-c) b(d))" },
	{ "a(b) a(c)", "a(c)", "-a(-b) a(c)" },
};

static void test_merged(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flow *a = tree_of(cases[i].a), *b = tree_of(cases[i].b);
		struct diff_sums sums;
		struct diff_row *rows;
		struct text t;

		assert_int_equal(diff_match(a, b, &sums), 0);
		rows = diff_rows_new(a, b);
		assert_non_null(rows);
		text_clear(&t);
		add_rows(&t, rows->first);
		assert_string_equal(t.at, cases[i].merged);
		assert_int_equal(diff_differ(&sums), strcmp(cases[i].a, cases[i].b) != 0);
		diff_rows_free(rows);
		flow_free(a);
		flow_free(b);
	}
}

/* --- random trees --------------------------------------------------------------- */

#define FRAMES_MAX 6

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t bound)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (random_state >> 16) % bound;
}

static struct flow *random_tree(void)
{
	struct flow *root = make(NULL, '.'), *all[FRAMES_MAX + 1] = { root };
	uint32_t cnt = random_below(FRAMES_MAX + 1);

	for (uint32_t i = 1; i <= cnt; i++)
		all[i] = make(all[random_below(i)], (char)('a' + random_below(3)));
	flow_close(root);
	return root;
}

static uint32_t list_frames(struct flow *root, struct flow **list)
{
	uint32_t cnt = 0;

	for (struct flow *f = flow_next(root, root); f; f = flow_next(f, root))
		list[cnt++] = f;
	return cnt;
}

static bool is_above(const struct flow *above, const struct flow *flow)
{
	for (flow = flow->parent; flow; flow = flow->parent)
		if (flow == above)
			return true;
	return false;
}

/* May (a1, b1) and (a2, b2) both be twins, where a1 comes before a2 in the list, as b1 before b2? */
static bool goes_together(const struct flow *a1, const struct flow *b1, const struct flow *a2,
			  const struct flow *b2)
{
	return is_above(a1, a2) == is_above(b1, b2);
}

struct search {
	struct flow *a[FRAMES_MAX], *b[FRAMES_MAX];
	uint32_t a_cnt, b_cnt;
	uint32_t twin[FRAMES_MAX]; /* index into b plus 1, or 0 */
};

/* The most twins that frames of a from `i` on can have, b's being used up to `next`. */
static uint32_t search_most(struct search *s, uint32_t i, uint32_t next)
{
	uint32_t most;

	if (i == s->a_cnt)
		return 0;
	s->twin[i] = 0;
	most = search_most(s, i + 1, next);
	for (uint32_t j = next; j < s->b_cnt; j++) {
		bool fits = s->a[i]->label == s->b[j]->label;

		for (uint32_t k = 0; fits && k < i; k++)
			if (s->twin[k])
				fits = goes_together(s->a[k], s->b[s->twin[k] - 1], s->a[i], s->b[j]);
		if (!fits)
			continue;
		s->twin[i] = j + 1;
		uint32_t cnt = 1 + search_most(s, i + 1, j + 1);

		most = cnt > most ? cnt : most;
		s->twin[i] = 0;
	}
	return most;
}

/* Twins keep order and nesting. Returns how many there are. */
static uint32_t check_twins(const struct search *s)
{
	uint32_t cnt = 0;

	for (uint32_t i = 0; i < s->a_cnt; i++) {
		const struct flow *twin = s->a[i]->twin;

		if (!twin)
			continue;
		cnt++;
		assert_ptr_equal(twin->twin, s->a[i]);
		assert_int_equal(twin->label, s->a[i]->label);
		for (uint32_t k = 0; k < i; k++)
			if (s->a[k]->twin)
				assert_true(goes_together(s->a[k], s->a[k]->twin, s->a[i], twin));
	}
	return cnt;
}

static void test_edit_is_least(void **state)
{
	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct flow *a = random_tree(), *b = random_tree();
		struct diff_span x = { .first = a->first, .tree_cnt = a->tree_cnt - 1 };
		struct diff_span y = { .first = b->first, .tree_cnt = b->tree_cnt - 1 };
		struct search s = { .a_cnt = list_frames(a, s.a), .b_cnt = list_frames(b, s.b) };

		assert_int_equal(diff_edit(&x, &y), 0);
		assert_int_equal(check_twins(&s), search_most(&s, 0, 0));
		flow_free(a);
		flow_free(b);
	}
}

/* Whatever the flows, each frame of both is in one row. */
static void test_rows_are_whole(void **state)
{
	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct flow *a = random_tree(), *b = random_tree();
		struct diff_sums sums;
		struct diff_row *rows;
		uint32_t shared;

		assert_int_equal(diff_match(a, b, &sums), 0);
		rows = diff_rows_new(a, b);
		assert_non_null(rows);
		shared = sums.same;
		assert_int_equal(shared + sums.moved + sums.only_a, a->tree_cnt - 1);
		assert_int_equal(shared + sums.moved + sums.only_b, b->tree_cnt - 1);
		assert_int_equal(rows->frame_cnt, shared + 2 * sums.moved + sums.only_a + sums.only_b);
		diff_rows_free(rows);
		flow_free(a);
		flow_free(b);
	}
}

/* Lists that are too large to be compared frame by frame still find what is common. */
static void test_large(void **state)
{
	struct flow *a = make(NULL, '.'), *b = make(NULL, '.');
	struct diff_sums sums;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		make(make(a, (char)('a' + i % 7)), 'x');
		if (i != 1500)
			make(make(b, (char)('a' + i % 7)), i % 2 ? 'x' : 'y');
	}
	flow_close(a);
	flow_close(b);
	assert_int_equal(diff_match(a, b, &sums), 0);
	assert_in_range(sums.same + sums.moved, 3000, 6000);
	assert_int_equal(sums.same + sums.moved + sums.only_b, b->tree_cnt - 1);
	flow_free(a);
	flow_free(b);
}

static uint64_t steps_of(const char *text)
{
	struct flow *tree = tree_of(text), *one = tree_of("a");
	struct diff_span x = { .first = tree->first }, y = { .first = one->first };
	uint64_t steps = diff_edit_steps(&x, &y);

	flow_free(tree);
	flow_free(one);
	return steps;
}

/* Subtrees whose roots have a frame to their left, and the whole, are what an edit goes through. */
static void test_steps(void **state)
{
	(void)state;
	assert_int_equal(steps_of(""), 0);
	assert_int_equal(steps_of("a(b(c(d)))"), 4);
	assert_int_equal(steps_of("a b c d"), 4 + 3);
	assert_int_equal(steps_of("a(b c(d e))"), 5 + 3 + 1);
}

/* A frame, and beside it the next such pair: the worst shape there is. Not in this life by edits. */
static struct flow *comb(char letter)
{
	struct flow *root = make(NULL, '.'), *at = root;

	for (int i = 0; i < 450; i++) {
		make(at, (char)(letter + i % 3));
		at = make(at, 'x');
	}
	flow_close(root);
	return root;
}

static void test_deep(void **state)
{
	struct flow *a = comb('a'), *b = comb('b');
	struct diff_sums sums;

	(void)state;
	assert_true(a->tree_cnt * b->tree_cnt < DIFF_EDIT_CELLS);
	assert_int_equal(diff_match(a, b, &sums), 0);
	assert_int_equal(sums.same + sums.moved + sums.only_b, b->tree_cnt - 1);
	assert_true(sums.same >= 450);
	flow_free(a);
	flow_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merged),
		cmocka_unit_test(test_edit_is_least),
		cmocka_unit_test(test_rows_are_whole),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}
