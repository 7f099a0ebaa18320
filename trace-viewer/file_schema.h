/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The SCHEMA of a file, as its reader keeps it: made by schema_parse (record_codec.h). */
#ifndef KVMTREE_FILE_SCHEMA_H
#define KVMTREE_FILE_SCHEMA_H

#include "trace-viewer/record_codec.h"
#include "trace-viewer/trace_format.h"

/* What becomes of a field of the file: where in the record it goes, and how. */
enum field_takes {
	FIELD_TAKES_NOTHING, /* a number that is not known here */
	FIELD_TAKES_4,
	FIELD_TAKES_8,
	FIELD_TAKES_BYTES,
};

struct file_field {
	uint8_t takes;	/* enum field_takes */
	uint16_t offset; /* in the record */
	uint16_t room;	 /* FIELD_TAKES_BYTES: there; 0: not known here */
	uint16_t capacity; /* FIELD_TAKES_BYTES: in the file */
};

/* The bits of a record's mask before those of its kind's own fields: cpu and flags. */
#define FILE_FIELDS_OF_ALL 2u

struct file_kind {
	bool is_there;
	const struct record_kind *own;
	uint64_t mask; /* of the fields that it has */
	uint32_t field_cnt;
	struct file_field fields[FILE_FIELDS_OF_ALL + TRACE_FIELDS_MAX]; /* by their bit in the mask */
};

struct schema {
	struct file_kind kinds[TRACE_KIND_SPAN];
};

/*
 * Reads the fields of the mask at *from into a record of the kind, and moves *from behind them. Returns
 * NULL, or a sentence: what is there is no such record.
 */
const char *file_fields_get(const uint8_t **from, const uint8_t *end, const struct file_kind *kind,
			    uint64_t mask, union record *rec);

#endif
