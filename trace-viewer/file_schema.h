/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The SCHEMA of a file, as its reader keeps it: made by schema_parse (record_codec.h). */
#ifndef KVMTREE_FILE_SCHEMA_H
#define KVMTREE_FILE_SCHEMA_H

#include "trace-viewer/record_codec.h"
#include "trace-viewer/trace_format.h"

/* A field as the file has it; `own` is where it goes here, or NULL. */
struct file_field {
	bool is_bytes;
	uint32_t capacity;
	const struct record_field *own;
};

struct file_kind {
	bool is_there;
	const struct record_kind *own;
	uint32_t field_cnt;
	struct file_field fields[TRACE_FIELDS_MAX];
};

struct schema {
	struct file_kind kinds[TRACE_KIND_SPAN];
};

#endif
