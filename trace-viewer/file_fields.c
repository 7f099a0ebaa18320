/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The fields of a record, from where the schema of the file has them to where this program does. */
#include <string.h>

#include "trace-viewer/file_schema.h"
#include "trace-viewer/varint.h"

static void field_add(char *at, enum field_takes takes, uint64_t delta)
{
	uint64_t u64;
	uint32_t u32;

	if (takes == FIELD_TAKES_8) {
		memcpy(&u64, at, sizeof(u64));
		u64 += delta;
		memcpy(at, &u64, sizeof(u64));
	} else if (takes == FIELD_TAKES_4) {
		memcpy(&u32, at, sizeof(u32));
		u32 += (uint32_t)delta;
		memcpy(at, &u32, sizeof(u32));
	}
}

static const char *bytes_get(const uint8_t **in, const uint8_t *end, const struct file_field *field, char *at)
{
	uint64_t count;

	if (!varint_get(in, end, &count))
		return "a field of bytes without a count";
	if (count > field->capacity || count > (uint64_t)(end - *in))
		return "a field of bytes beyond its capacity";
	if (field->room) {
		memset(at, 0, field->room);
		memcpy(at, *in, count < field->room ? count : field->room);
	}
	*in += count;
	return NULL;
}

const char *file_fields_get(const uint8_t **from, const uint8_t *end, const struct file_kind *kind,
			    uint64_t mask, union record *rec)
{
	const uint8_t *in = *from;

	if (mask & ~kind->mask)
		return "a record with more fields than its kind";
	for (; mask; mask &= mask - 1) { /* from the lowest bit on */
		const struct file_field *field = &kind->fields[__builtin_ctzll(mask)];
		char *at = (char *)rec + field->offset;
		uint64_t delta;

		if (field->takes == FIELD_TAKES_BYTES) {
			const char *why = bytes_get(&in, end, field, at);

			if (why)
				return why;
			continue;
		}
		if (!varint_get(&in, end, &delta))
			return "a record that ends in a field";
		field_add(at, field->takes, unzigzag(delta));
	}
	*from = in;
	return NULL;
}
