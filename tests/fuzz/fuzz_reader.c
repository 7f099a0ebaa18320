/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* libFuzzer: any bytes as a file, read, modelled and printed. Checksums are made right first. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/trace_file.h"
#include "trace-viewer/diff_print.h"
#include "trace-viewer/infer.h"
#include "trace-viewer/stat_print.h"
#include "trace-viewer/symbols.h"
#include "trace-viewer/tree_stream.h"

/* A tree that loses exits is a finding. */
static void check_exits(const struct model *model)
{
	uint64_t cnt = model->unplaced_exit_cnt;

	for (uint32_t i = 0; i <= model->vm_cnt; i++)
		cnt += node_exit_cnt(model->vms[i]->root);
	if (cnt != model->exit_cnt)
		abort();
}

static void diff_with_itself(const struct output *out, const struct model *model, bool has_no_vmm)
{
	const struct flow_options options = { .has_no_vmm = has_no_vmm };
	struct flow *a = flow_new(model, &options), *b = flow_new(model, &options);
	struct diff_sums sums;

	if (!a || !b || diff_match(a, b, &sums) || diff_print(out, a, b, &sums, true) || diff_differ(&sums))
		abort();
	flow_free(a);
	flow_free(b);
}

/* Every way to look at a file, one of them for each size of input. */
static void look(struct trace_reader *rd, const struct output *out, size_t size)
{
	const struct tree_options tree = { .vcpu = -1, .has_expand = size & 2, .has_missing = true,
					   .has_why = size & 8 };
	const struct filter filter = { .path = size & 16 ? "run" : NULL,
				       .layers = size & 32 ? "ioctl,exit" : NULL };
	const bool is_folded = !(size & 4);
	struct tree_stream *stream = is_folded ? NULL : tree_stream_new(&tree, out->is_ascii, size % 50);
	struct exit_stat *stat = exit_stat_new(&(struct stat_options){
		.vcpu = -1, .by = size & 8 ? "device" : "reason", .has_histogram = true, .has_create = true });
	struct observer observer = exit_stat_observer(stat);
	struct model *model = model_new(is_folded ? MODEL_FOLDED : MODEL_WHOLE, &observer);

	if (size & 64)
		model_filter(model, &filter);
	if (stream)
		model_drain(model, tree_stream_sink(stream));
	symbols_use(model->symbols);
	model_read(model, rd);
	if (stream) {
		tree_stream_print(stream, out, model, &tree);
	} else {
		if (!(size & 64))
			check_exits(model);
		infer_frames(model);
		tree_print(out, model, &tree);
		stat_print(out, model, stat);
		diff_with_itself(out, model, size & 16);
	}
	symbols_use(NULL);
	exit_stat_free(stat);
	tree_stream_free(stream);
	model_free(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *sink;
	struct output out = { .width = 80 + (unsigned int)size % 120, .is_ascii = size & 1 };
	size_t bytes_sz;
	uint8_t *bytes = trace_file(data, size, &bytes_sz);
	struct trace_memory memory = { bytes, bytes_sz };
	struct trace_reader *rd;
	char why[256];

	if (!sink)
		sink = fopen("/dev/null", "we");
	out.file = sink;
	rd = trace_reader_new(trace_read_memory, &memory, why, sizeof(why));
	if (rd)
		look(rd, &out, size);
	trace_reader_free(rd);
	free(bytes);
	return 0;
}
