/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* libFuzzer: any bytes as a file, exported in each format and made a report of. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/trace_file.h"
#include "trace-viewer/export.h"
#include "trace-viewer/infer.h"
#include "trace-viewer/report.h"

static const struct export_format *const formats[] = {
#define EXPORT_ROW(format) &export_##format,
	EXPORT_FORMATS(EXPORT_ROW)
#undef EXPORT_ROW
};

static void export(struct trace_reader *rd, FILE *sink, const struct export_format *format)
{
	struct exporting x = { .format = format, .e.file = sink };
	const struct observer observer = export_observer(&x);
	struct model *model = model_new(MODEL_FACTS, &observer);

	if (export_begin(&x)) {
		model_read(model, rd);
		export_end(&x, model);
	}
	export_release(&x);
	model_free(model);
}

/* What is drawn of a vCPU is all of its time. */
static void check_bins(const struct report_recording *r)
{
	for (uint32_t i = 0; i < r->lane_cnt; i++)
		for (int where = 0; where < WHERE_CNT; where++) {
			uint64_t sum_ns = 0;

			for (uint32_t bin = 0; bin < REPORT_BINS; bin++)
				sum_ns += r->lanes[i]->bins[bin][where];
			if (sum_ns != r->lanes[i]->ns[where])
				abort();
		}
}

static void report(struct trace_reader *rd, FILE *sink)
{
	struct report *report = calloc(1, sizeof(*report));
	struct report_recording *r = &report->recordings[0];
	const struct observer observer = report_observer(r);

	report->file = sink;
	report->recording_cnt = 1;
	r->input.model = model_new(MODEL_FOLDED, &observer);
	model_read(r->input.model, rd);
	infer_frames(r->input.model);
	check_bins(r);
	report_page(report);
	model_free(r->input.model);
	report_recording_release(r);
	free(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t format_cnt = sizeof(formats) / sizeof(formats[0]), which = size % (format_cnt + 1);
	size_t bytes_sz;
	uint8_t *bytes = trace_file(data, size, &bytes_sz);
	struct trace_memory memory = { bytes, bytes_sz };
	struct trace_reader *rd;
	static FILE *sink;
	char why[256];

	if (!sink)
		sink = fopen("/dev/null", "we");
	rd = trace_reader_new(trace_read_memory, &memory, why, sizeof(why));
	if (rd && which < format_cnt)
		export(rd, sink, formats[which]);
	else if (rd)
		report(rd, sink);
	trace_reader_free(rd);
	free(bytes);
	return 0;
}
