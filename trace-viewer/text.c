/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Bounded lines, and terminal cells. */
#include "trace-viewer/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_clear(struct text *t)
{
	t->sz = 0;
	t->at[0] = '\0';
}

void text_put_cut(struct text *t, const char *s)
{
	size_t room = sizeof(t->at) - 1 - t->sz;

	memcpy(t->at + t->sz, s, room);
	t->sz += room;
	t->at[t->sz] = '\0';
	if ((s[room] & 0xc0) != 0x80)
		return;
	/* a character cut in half is no character */
	while (t->sz && (t->at[t->sz - 1] & 0x80)) {
		bool is_lead = (t->at[--t->sz] & 0xc0) == 0xc0;

		t->at[t->sz] = '\0';
		if (is_lead)
			break;
	}
}

static void put_number(struct text *t, uint64_t value, unsigned int base)
{
	char digits[24];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[base == 16 ? value & 15 : value % 10];
		value = base == 16 ? value >> 4 : value / 10;
	} while (value);
	text_put_bytes(t, digits + at, sizeof(digits) - at);
}

void text_put_dec(struct text *t, uint64_t value)
{
	put_number(t, value, 10);
}

void text_put_hex(struct text *t, uint64_t value)
{
	text_put_bytes(t, "0x", 2);
	put_number(t, value, 16);
}

static void put_signed(struct text *t, int64_t value)
{
	if (value < 0)
		text_put_bytes(t, "-", 1);
	put_number(t, value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
}

/* Appends one conversion of those that rows are made of; returns what is behind it, or NULL. */
static const char *put_conversion(struct text *t, const char *fmt, va_list *ap)
{
	const char *s;

	if (*fmt == 's') {
		s = va_arg(*ap, const char *);
		text_put_bytes(t, s, strlen(s));
	} else if (*fmt == 'u') {
		put_number(t, va_arg(*ap, unsigned int), 10);
	} else if (*fmt == 'x') {
		put_number(t, va_arg(*ap, unsigned int), 16);
	} else if (*fmt == 'd') {
		put_signed(t, va_arg(*ap, int));
	} else if (!strncmp(fmt, "lld", 3)) {
		put_signed(t, va_arg(*ap, long long));
		fmt += 2;
	} else if (!strncmp(fmt, "llu", 3)) {
		put_number(t, va_arg(*ap, unsigned long long), 10);
		fmt += 2;
	} else if (!strncmp(fmt, "llx", 3)) {
		put_number(t, va_arg(*ap, unsigned long long), 16);
		fmt += 2;
	} else if (*fmt == 'c') {
		char c = (char)va_arg(*ap, int);

		text_put_bytes(t, &c, 1);
	} else if (*fmt == '%') {
		text_put_bytes(t, "%", 1);
	} else {
		return NULL;
	}
	return fmt + 1;
}

/*
 * Trees of millions of rows are made by this: the common conversions are done here, at a fifth of
 * printf's cost; from the first other one on it is printf's.
 */
void text_add(struct text *t, const char *fmt, ...)
{
	char rest[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	while (*fmt) {
		size_t plain = (size_t)(strchrnul(fmt, '%') - fmt);
		const char *next;

		text_put_bytes(t, fmt, plain);
		fmt += plain;
		if (!*fmt)
			break;
		next = put_conversion(t, fmt + 1, &ap);
		if (next) {
			fmt = next;
			continue;
		}
		if (vsnprintf(rest, sizeof(rest), fmt, ap) > 0)
			text_put_bytes(t, rest, strlen(rest));
		break;
	}
	va_end(ap);
}

static bool starts_cell(char c)
{
	return (c & 0xc0) != 0x80;
}

/* Eight bytes at a time: all but those that go on with a character, 10xxxxxx, begin a cell. */
size_t text_cells_of(const char *s, size_t sz)
{
	size_t cells = sz;
	uint64_t word;

	for (; sz >= sizeof(word); sz -= sizeof(word), s += sizeof(word)) {
		memcpy(&word, s, sizeof(word));
		word = (word & ~(word << 1)) >> 7 & 0x0101010101010101ull;
		cells -= (size_t)(word * 0x0101010101010101ull >> 56); /* the sum of the bytes */
	}
	for (; sz; sz--, s++)
		cells -= !starts_cell(*s);
	return cells;
}

size_t text_cells(const char *s)
{
	return text_cells_of(s, strlen(s));
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
	size_t has = text_cells_of(t->at, t->sz), room = sizeof(t->at) - 1 - t->sz;
	size_t n = cells <= has ? 0 : cells - has < room ? cells - has : room;

	memset(t->at + t->sz, ' ', n);
	t->sz += n;
	t->at[t->sz] = '\0';
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
