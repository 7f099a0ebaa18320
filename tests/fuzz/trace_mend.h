/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Makes the checksums of a trace file right, so that a fuzzer gets to what they protect. */
#ifndef KVMTREE_TRACE_MEND_H
#define KVMTREE_TRACE_MEND_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "trace-viewer/trace_format.h"

/* Without right checksums no input would get beyond the first chunk. */
static inline void checksums_mend(uint8_t *bytes, size_t sz)
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

#endif
