/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Bounded lines, terminal cells, and numbers for people. */
#include "trace-viewer/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_clear(struct text *t)
{
	t->sz = 0;
	t->at[0] = '\0';
}

void text_add(struct text *t, const char *fmt, ...)
{
	size_t room = sizeof(t->at) - t->sz;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->at + t->sz, room, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	t->sz += (size_t)n < room ? (size_t)n : room - 1;
	/* a character cut in half is no character */
	while (t->sz && (size_t)n >= room && (t->at[t->sz - 1] & 0x80)) {
		bool is_lead = (t->at[--t->sz] & 0xc0) == 0xc0;

		t->at[t->sz] = '\0';
		if (is_lead)
			break;
	}
}

static bool starts_cell(char c)
{
	return (c & 0xc0) != 0x80;
}

size_t text_cells(const char *s)
{
	size_t cells = 0;

	for (; *s; s++)
		cells += starts_cell(*s);
	return cells;
}

void text_fit(struct text *t, size_t cells, bool ascii)
{
	size_t seen = 0, i;

	if (text_cells(t->at) <= cells)
		return;
	for (i = 0; i < t->sz; i++) {
		if (!starts_cell(t->at[i]))
			continue;
		if (seen + 1 == cells || !cells)
			break;
		seen++;
	}
	t->sz = i;
	t->at[i] = '\0';
	if (cells)
		text_add(t, "%s", ascii ? "~" : "…");
}

void text_pad(struct text *t, size_t cells)
{
	size_t has = text_cells(t->at);

	if (has < cells)
		text_add(t, "%*s", (int)(cells - has), "");
}

size_t text_break(const char *text, size_t cells, const char **rest)
{
	size_t seen = 0, at = 0, space = 0;

	for (; text[at]; at++) {
		if (!starts_cell(text[at]))
			continue;
		if (text[at] == ' ' && at)
			space = at;
		if (seen == cells) {
			at = space ? space : at;
			break;
		}
		seen++;
	}
	*rest = text + at + strspn(text + at, " ");
	return at;
}

static void add_scaled(struct text *t, uint64_t ns, uint64_t unit, const char *name)
{
	/* hundredths of the unit, so that rounding to three digits stays in integers */
	uint64_t whole = ns / unit;
	uint64_t part = (ns % unit) * 100 / unit;

	if (whole < 10)
		text_add(t, "%u.%02u %s", (unsigned int)whole, (unsigned int)part, name);
	else if (whole < 100)
		text_add(t, "%u.%u %s", (unsigned int)whole, (unsigned int)part / 10, name);
	else
		text_add(t, "%llu %s", (unsigned long long)whole, name);
}

void text_add_ns(struct text *t, uint64_t ns, bool ascii)
{
	if (ns < 1000)
		text_add(t, "%u ns", (unsigned int)ns);
	else if (ns < 1000000)
		add_scaled(t, ns, 1000, ascii ? "us" : "µs");
	else if (ns < 1000000000)
		add_scaled(t, ns, 1000000, "ms");
	else
		add_scaled(t, ns, 1000000000, "s");
}

void text_add_count(struct text *t, uint64_t count)
{
	if (count >= 1000) {
		text_add_count(t, count / 1000);
		text_add(t, ",%03u", (unsigned int)(count % 1000));
	} else {
		text_add(t, "%u", (unsigned int)count);
	}
}

bool text_parse_ns(const char *s, uint64_t *ns)
{
	static const struct { const char *name; double ns; } units[] = {
		{ "ns", 1 }, { "us", 1e3 }, { "µs", 1e3 }, { "ms", 1e6 }, { "s", 1e9 },
	};
	char *end;
	double number = strtod(s, &end);

	if (end == s || *s == '-' || !(number >= 0))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].name) || number * units[i].ns >= 9e18)
			continue;
		*ns = (uint64_t)(number * units[i].ns + .5);
		return true;
	}
	return false;
}

/* Length of the well-formed UTF-8 character at s, 0 if it is none. */
static size_t utf8_len(const unsigned char *s)
{
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 :
		     s[0] < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* C1 controls, and what turns the direction of text round, are not for a terminal */
	if (len == 2 && s[0] == 0xc2 && s[1] < 0xa0)
		return 0;
	if (len == 3 && s[0] == 0xe2 && s[1] == 0x80 && s[2] >= 0xaa && s[2] <= 0xae)
		return 0;
	if (len == 3 && s[0] == 0xe2 && s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9)
		return 0;
	return len;
}

void text_make_safe(char *s)
{
	unsigned char *p = (unsigned char *)s;

	while (*p) {
		size_t len = utf8_len(p);

		if (!len || *p < 0x20 || *p == 0x7f) {
			*p = '?';
			len = 1;
		}
		p += len;
	}
}
