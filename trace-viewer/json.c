/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* JSON by RFC 8259. */
#include "trace-viewer/json.h"

#include <inttypes.h>

/* '<' and '&' are among them, so that no text can end the element of HTML that JSON stands in. */
static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c != 0x7f && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

void json_escape(FILE *file, const char *text)
{
	while (*text) {
		const char *from = text;

		while (*text && is_plain((unsigned char)*text))
			text++;
		fwrite(from, 1, (size_t)(text - from), file);
		if (*text == '"' || *text == '\\')
			fprintf(file, "\\%c", *text++);
		else if (*text)
			fprintf(file, "\\u%04x", (unsigned char)*text++);
	}
}

/* Digits by hand: an export has tens of numbers for each exit. */
static void put_number(FILE *file, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	fwrite(digits + at, 1, sizeof(digits) - at, file);
}

static void begin_field(struct json *j, const char *key)
{
	if (j->needs_comma)
		putc(',', j->file);
	j->needs_comma = true;
	if (key) {
		putc('"', j->file);
		fputs(key, j->file);
		fputs("\":", j->file);
	}
}

void json_begin(struct json *j, const char *key, char bracket)
{
	begin_field(j, key);
	putc(bracket, j->file);
	j->needs_comma = false;
}

void json_end(struct json *j, char bracket)
{
	putc(bracket, j->file);
	j->needs_comma = true;
}

void json_string(struct json *j, const char *key, const char *value)
{
	begin_field(j, key);
	putc('"', j->file);
	json_escape(j->file, value);
	putc('"', j->file);
}

void json_number(struct json *j, const char *key, uint64_t value)
{
	begin_field(j, key);
	put_number(j->file, value);
}

void json_signed(struct json *j, const char *key, int64_t value)
{
	begin_field(j, key);
	if (value < 0)
		putc('-', j->file);
	put_number(j->file, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void json_hex(struct json *j, const char *key, uint64_t value)
{
	begin_field(j, key);
	fprintf(j->file, "\"0x%" PRIx64 "\"", value);
}

void json_bool(struct json *j, const char *key, bool value)
{
	begin_field(j, key);
	fputs(value ? "true" : "false", j->file);
}

void json_null(struct json *j, const char *key)
{
	begin_field(j, key);
	fputs("null", j->file);
}

void json_us(struct json *j, const char *key, int64_t ns)
{
	const uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	begin_field(j, key);
	fprintf(j->file, "%s%" PRIu64 ".%03u", ns < 0 ? "-" : "", size / 1000, (unsigned int)(size % 1000));
}
