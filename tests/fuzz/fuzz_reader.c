/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* libFuzzer: any bytes as a file, read, modelled and printed. Checksums are made right first. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "trace-viewer/infer.h"
#include "trace-viewer/stat_print.h"
#include "trace-viewer/trace_format.h"
#include "trace-viewer/tree_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Without right checksums no input would get beyond the first chunk. */
static void checksums_mend(uint8_t *bytes, size_t sz)
{
	struct trace_file_header file;
	struct trace_chunk_header chunk;
	size_t at = sizeof(file);

	if (sz < sizeof(file))
		return;
	memcpy(bytes, TRACE_MAGIC, TRACE_MAGIC_SZ);
	memcpy(&file, bytes, sizeof(file));
	file.header_sz = sizeof(file);
	file.version_major = TRACE_VERSION_MAJOR;
	memcpy(bytes, &file, sizeof(file));
	file.crc = (uint32_t)crc32(0, bytes, offsetof(struct trace_file_header, crc));
	memcpy(bytes, &file, sizeof(file));
	while (sz - at >= sizeof(chunk)) {
		memcpy(&chunk, bytes + at, sizeof(chunk));
		if (chunk.magic != TRACE_CHUNK_MAGIC || chunk.stored_sz > sz - at - sizeof(chunk))
			return;
		chunk.payload_crc = (uint32_t)crc32(0, bytes + at + sizeof(chunk), chunk.stored_sz);
		if (chunk.flags & TRACE_CHUNK_STORED)
			chunk.raw_sz = chunk.stored_sz;
		memcpy(bytes + at, &chunk, sizeof(chunk));
		chunk.crc = (uint32_t)crc32(0, bytes + at, offsetof(struct trace_chunk_header, crc));
		memcpy(bytes + at, &chunk, sizeof(chunk));
		at += sizeof(chunk) + chunk.stored_sz;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *sink;
	struct output out = { .width = 80 + (unsigned int)size % 120, .is_ascii = size & 1 };
	struct tree_options tree = { .vcpu = -1, .has_expand = size & 2, .has_missing = true };
	struct exit_stat *stat = exit_stat_new(&(struct stat_options){
		.vcpu = -1, .by = size & 8 ? "device" : "reason", .has_histogram = true, .has_create = true });
	struct observer observer = exit_stat_observer(stat);
	uint8_t *bytes = malloc(size + 1);
	struct trace_memory memory = { bytes, size };
	struct trace_reader *rd;
	struct model *model;
	char why[256];

	if (!sink)
		sink = fopen("/dev/null", "we");
	out.file = sink;
	memcpy(bytes, data, size);
	checksums_mend(bytes, size);
	rd = trace_reader_new(trace_read_memory, &memory, why, sizeof(why));
	model = rd ? model_new(size & 4 ? MODEL_WHOLE : MODEL_FOLDED, &observer) : NULL;
	if (model) {
		uint64_t cnt;

		model_read(model, rd);
		cnt = model->unplaced_exit_cnt;
		for (uint32_t i = 0; i <= model->vm_cnt; i++)
			cnt += node_exit_cnt(model->vms[i]->root);
		if (cnt != model->exit_cnt)
			abort(); /* a tree that loses exits */
		infer_frames(model);
		tree_print(&out, model, &tree);
		stat_print(&out, model, stat);
	}
	exit_stat_free(stat);
	model_free(model);
	trace_reader_free(rd);
	free(bytes);
	return 0;
}
