/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The kinds of records as this program was compiled, and their SCHEMA text. */
#include <string.h>

#include "trace-viewer/record_codec.h"
#include "trace-viewer/trace_format.h"

#define FIELD_F64(f)	     { #f, FIELD_U64, 0, 0 },
#define FIELD_F32(f)	     { #f, FIELD_U32, 0, 0 },
#define FIELD_S64(f)	     { #f, FIELD_S64, 0, 0 },
#define FIELD_S32(f)	     { #f, FIELD_S32, 0, 0 },
#define FIELD_BLOB(f, cap)   { #f, FIELD_BYTES, 0, cap },

/* Offsets are filled in once by kinds_init: the structs have no holes (records.h). */
#define FIELDS_ROW(number, rec, text)                                                            \
	static struct record_field fields_##rec[] = {                                            \
		REC_FIELDS_##rec(FIELD_F64, FIELD_F32, FIELD_S64, FIELD_S32, FIELD_BLOB){        \
			NULL, FIELD_U64, 0, 0 }                                                  \
	};                                                                                       \
	_Static_assert(sizeof(fields_##rec) / sizeof(fields_##rec[0]) - 1 <= TRACE_FIELDS_MAX,   \
		       #rec " has too many fields for the mask");
KVMTREE_RECORDS(FIELDS_ROW)

_Static_assert((unsigned int)REC_KIND_END <= TRACE_KIND_TURNS, "a kind must fit the span");

#define KIND_ROW(number, rec, text)                                                              \
	[number] = { number, #rec, text, sizeof(struct rec_##rec), fields_##rec },
static const struct record_kind kinds[REC_KIND_END] = { KVMTREE_RECORDS(KIND_ROW) };

#define OFFSETS_ROW(number, rec, text) offsets_init(fields_##rec);

static void offsets_init(struct record_field *field)
{
	uint32_t offset = sizeof(struct rec_header);

	for (; field->name; field++) {
		field->offset = offset;
		if (field->type == FIELD_BYTES)
			offset += field->capacity;
		else
			offset += field->type == FIELD_U64 || field->type == FIELD_S64 ? 8 : 4;
	}
}

__attribute__((constructor)) static void kinds_init(void)
{
	KVMTREE_RECORDS(OFFSETS_ROW)
}

const struct record_kind *record_kind(uint32_t number)
{
	if (number >= REC_KIND_END || !kinds[number].name)
		return NULL;
	return &kinds[number];
}

const struct record_kind *record_kind_by_name(const char *name, size_t name_sz)
{
	for (uint32_t i = 0; i < REC_KIND_END; i++) {
		const char *own = kinds[i].name;

		if (own && strlen(own) == name_sz && !memcmp(own, name, name_sz))
			return &kinds[i];
	}
	return NULL;
}

#define TEXT_(x)	     #x
#define TEXT(x)		     TEXT_(x)
#define SCHEMA_F64(f)	     "field " #f " u64\n"
#define SCHEMA_F32(f)	     "field " #f " u32\n"
#define SCHEMA_S64(f)	     "field " #f " s64\n"
#define SCHEMA_S32(f)	     "field " #f " s32\n"
#define SCHEMA_BYTES(f, cap) "field " #f " bytes:" TEXT(cap) "\n"
#define SCHEMA_ROW(number, rec, text)                                                            \
	"kind " #number " " #rec "\n" REC_FIELDS_##rec(SCHEMA_F64, SCHEMA_F32, SCHEMA_S64,       \
						       SCHEMA_S32, SCHEMA_BYTES)

const char *record_schema_text(void)
{
	return KVMTREE_RECORDS(SCHEMA_ROW);
}
