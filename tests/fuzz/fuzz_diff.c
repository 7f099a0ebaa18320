/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Two trees from bytes: whatever they are, their twins keep order and labels, and no frame is lost. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/flow_tree.h"
#include "tests/fuzz/fuzz_input.h"
#include "trace-viewer/diff_print.h"

/* One of a few letters. */
static struct flow *make(struct flow *parent, enum flow_kind kind, uint8_t letter)
{
	struct flow *flow = flow_add(parent, kind, label_mix(label_of_kind(kind), letter), (char)('a' + letter % 26));

	flow->count = letter;
	return flow;
}

/* 0: up; 1 to 7: a child, and into it; others: a child. */
static struct flow *tree_of(const uint8_t *data, size_t size)
{
	struct flow *root = make(NULL, FLOW_ROOT, 0), *at = root;
	unsigned int depth = 0;

	for (size_t i = 0; i < size && i < 4096; i++) {
		enum flow_kind kind = data[i] % 11 == 10 ? FLOW_LOOP : data[i] % 13 == 12 ? FLOW_MIX : FLOW_FRAME;

		if (data[i] == 0 && at->parent) {
			at = at->parent;
			depth--;
			continue;
		}
		make(at, kind, data[i] % 17);
		if (data[i] < 8 && depth < 90) {
			at = at->last;
			depth++;
		}
	}
	flow_close(root);
	return root;
}

static uint32_t frames_of(const struct flow *root)
{
	uint32_t cnt = 0;

	for (const struct flow *f = root; f; f = flow_next(f, root)) {
		cnt += flow_is_frame(f);
		if (f->twin && (f->twin->twin != f || f->twin->label != f->label))
			abort();
	}
	return cnt;
}

static uint32_t rows_of(const struct diff_row *row)
{
	uint32_t cnt = 1;

	for (row = row->first; row; row = row->next)
		cnt += rows_of(row);
	return cnt;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct output out = { .width = 80 };
	size_t half = size / 2;
	struct flow *a = tree_of(data, half), *b = tree_of(data + half, size - half);
	struct diff_sums sums;
	struct diff_row *rows;
	uint32_t shared = 0;

	if (!out.file)
		out.file = fopen("/dev/null", "we");
	if (diff_match(a, b, &sums))
		abort();
	if (frames_of(a) != sums.same + sums.renamed + sums.changed + sums.moved + sums.only_a ||
	    frames_of(b) != sums.same + sums.renamed + sums.changed + sums.moved + sums.only_b)
		abort();
	rows = diff_rows_new(a, b);
	for (const struct flow *f = a; f; f = flow_next(f, a))
		shared += f->twin && f->change != FLOW_MOVED;
	if (rows_of(rows) != a->tree_cnt + b->tree_cnt - shared)
		abort();
	diff_rows_free(rows);
	diff_print(&out, a, b, &sums, size & 1);
	flow_free(a);
	flow_free(b);
	return 0;
}
