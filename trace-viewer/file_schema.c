/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The SCHEMA of a file: which kinds and fields it has, and which of them are known here. */
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/file_schema.h"

/* The next word of a line [*at, end): its start and size; false when there is none. */
static bool word_next(const char **at, const char *end, const char **word, size_t *word_sz)
{
	const char *p = *at;

	while (p < end && *p == ' ')
		p++;
	*word = p;
	while (p < end && *p != ' ')
		p++;
	*word_sz = (size_t)(p - *word);
	*at = p;
	return *word_sz > 0;
}

static bool word_is(const char *word, size_t word_sz, const char *text)
{
	return strlen(text) == word_sz && !memcmp(word, text, word_sz);
}

/* A decimal number below `limit`, or -1. */
static long word_number(const char *word, size_t word_sz, long limit)
{
	long number = 0;

	for (size_t i = 0; i < word_sz; i++) {
		if (word[i] < '0' || word[i] > '9')
			return -1;
		number = number * 10 + (word[i] - '0');
		if (number >= limit)
			return -1;
	}
	return word_sz ? number : -1;
}

static void field_append(struct file_kind *kind, struct file_field field)
{
	kind->mask |= 1ull << kind->field_cnt;
	kind->fields[kind->field_cnt++] = field;
}

/* What every record has. */
static void fields_of_all(struct file_kind *kind)
{
	uint8_t takes = kind->own ? FIELD_TAKES_4 : FIELD_TAKES_NOTHING;

	field_append(kind, (struct file_field){ .takes = takes, .offset = offsetof(struct rec_header, cpu) });
	field_append(kind, (struct file_field){ .takes = takes, .offset = offsetof(struct rec_header, flags) });
}

static const char *schema_kind_line(struct schema *schema, const char *at, const char *end,
				    struct file_kind **current)
{
	const char *word;
	size_t word_sz;
	long number;

	if (!word_next(&at, end, &word, &word_sz))
		return "a kind without a number";
	number = word_number(word, word_sz, TRACE_KIND_TURNS);
	if (number < 0)
		return "a kind whose number is out of range";
	*current = &schema->kinds[number];
	if ((*current)->is_there)
		return "a kind that is there twice";
	if (!word_next(&at, end, &word, &word_sz))
		return "a kind without a name";
	(*current)->is_there = true;
	(*current)->own = record_kind_by_name(word, word_sz);
	fields_of_all(*current);
	return NULL;
}

static const struct record_field *own_field(const struct record_kind *kind, const char *name,
					    size_t name_sz)
{
	for (const struct record_field *f = kind ? kind->fields : NULL; f && f->name; f++)
		if (word_is(name, name_sz, f->name))
			return f;
	return NULL;
}

static struct file_field bytes_field(const struct record_field *own, uint16_t capacity)
{
	struct file_field field = { .takes = FIELD_TAKES_BYTES, .capacity = capacity };

	if (own && own->type == FIELD_BYTES) {
		field.offset = (uint16_t)own->offset;
		field.room = (uint16_t)own->capacity;
	}
	return field;
}

static struct file_field number_field(const struct record_field *own)
{
	struct file_field field = { .takes = FIELD_TAKES_NOTHING };

	if (own && own->type != FIELD_BYTES) {
		field.offset = (uint16_t)own->offset;
		field.takes = own->type == FIELD_U64 || own->type == FIELD_S64 ? FIELD_TAKES_8 : FIELD_TAKES_4;
	}
	return field;
}

static const char *schema_field_line(const char *at, const char *end, struct file_kind *kind)
{
	static const char *const numbers[] = { "u64", "s64", "u32", "s32" };
	const char *name, *type;
	size_t name_sz, type_sz;
	const struct record_field *own;

	if (!kind)
		return "a field before any kind";
	if (kind->field_cnt == FILE_FIELDS_OF_ALL + TRACE_FIELDS_MAX)
		return "a kind with too many fields";
	if (!word_next(&at, end, &name, &name_sz) || !word_next(&at, end, &type, &type_sz))
		return "a field without name or type";
	own = own_field(kind->own, name, name_sz);
	if (type_sz > 6 && !memcmp(type, "bytes:", 6)) {
		long capacity = word_number(type + 6, type_sz - 6, 4096);

		if (capacity < 0)
			return "a field of bytes with an impossible capacity";
		field_append(kind, bytes_field(own, (uint16_t)capacity));
	} else {
		size_t i = 0;

		while (i < 4 && !word_is(type, type_sz, numbers[i]))
			i++;
		if (i == 4)
			return "a field of unknown type";
		field_append(kind, number_field(own));
	}
	return NULL;
}

struct schema *schema_parse(const char *text, size_t text_sz, const char **why)
{
	struct schema *schema = calloc(1, sizeof(*schema));
	struct file_kind *current = NULL;
	const char *at = text, *end = text + text_sz;

	*why = schema ? NULL : "no memory";
	while (!*why && at < end) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));
		const char *word;
		size_t word_sz;

		if (!line_end)
			line_end = end;
		if (!word_next(&at, line_end, &word, &word_sz))
			*why = NULL; /* an empty line says nothing */
		else if (word_is(word, word_sz, "kind"))
			*why = schema_kind_line(schema, at, line_end, &current);
		else if (word_is(word, word_sz, "field"))
			*why = schema_field_line(at, line_end, current);
		at = line_end + (line_end < end);
	}
	if (*why) {
		schema_free(schema);
		return NULL;
	}
	return schema;
}

void schema_free(struct schema *schema)
{
	free(schema);
}
