/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * gen_trace [--stored|--events] SCRIPT > FILE.kvmtree: a trace from a description
 * (tests/trace_script.h). --stored writes its chunks uncompressed: a fuzzer can change them and be
 * understood. --events writes only what its EVENTS chunks hold.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/trace_script.h"
#include "trace-viewer/trace_format.h"

/* Writes one chunk of a sound file uncompressed, or what it holds; returns where the next one begins. */
static const uint8_t *chunk_store(const uint8_t *at, bool is_events)
{
	struct trace_chunk_header chunk;
	uLongf raw_sz;
	uint8_t *raw;

	memcpy(&chunk, at, sizeof(chunk));
	at += sizeof(chunk);
	raw_sz = chunk.raw_sz;
	raw = malloc(raw_sz + 1);
	if (!raw)
		return NULL;
	if (chunk.flags & TRACE_CHUNK_STORED)
		memcpy(raw, at, raw_sz);
	else
		uncompress(raw, &raw_sz, at, chunk.stored_sz);
	at += chunk.stored_sz;
	chunk.flags |= TRACE_CHUNK_STORED;
	chunk.stored_sz = chunk.raw_sz;
	chunk.payload_crc = (uint32_t)crc32(0, raw, chunk.raw_sz);
	chunk.crc = (uint32_t)crc32(0, (const Bytef *)&chunk, offsetof(struct trace_chunk_header, crc));
	if (!is_events)
		fwrite(&chunk, sizeof(chunk), 1, stdout);
	if (!is_events || chunk.type == TRACE_CHUNK_EVENTS)
		fwrite(raw, 1, chunk.raw_sz, stdout);
	free(raw);
	return at;
}

static void write_stored(const uint8_t *bytes, size_t sz, bool is_events)
{
	const uint8_t *at = bytes + sizeof(struct trace_file_header);

	if (!is_events)
		fwrite(bytes, sizeof(struct trace_file_header), 1, stdout);
	while (at && at < bytes + sz)
		at = chunk_store(at, is_events);
}

int main(int argc, char **argv)
{
	const bool is_events = argc == 3 && !strcmp(argv[1], "--events");
	const bool is_stored = is_events || (argc == 3 && !strcmp(argv[1], "--stored"));
	char *script = argc == 2 + is_stored ? file_text(argv[argc - 1]) : NULL, why[200];
	unsigned char *bytes;
	size_t sz;

	if (!script) {
		fprintf(stderr, "usage: gen_trace [--stored|--events] SCRIPT > FILE\n");
		return 2;
	}
	bytes = trace_script_bytes(script, &sz, why, sizeof(why));
	free(script);
	if (!bytes) {
		fprintf(stderr, "gen_trace: %s: %s\n", argv[argc - 1], why);
		return 1;
	}
	if (is_stored)
		write_stored(bytes, sz, is_events);
	else
		fwrite(bytes, 1, sz, stdout);
	free(bytes);
	return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
