/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Text that fits: bounded appending, cells of a terminal, and (text_numbers.c) numbers and times for people. */
#ifndef KVMTREE_TEXT_H
#define KVMTREE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A line under construction; what does not fit is cut, never overrun. */
#define TEXT_MAX 1024
struct text {
	size_t sz;
	char at[TEXT_MAX];
};

void text_clear(struct text *t);
void text_add(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Takes as many bytes of s, which has more, as there is room for. */
void text_put_cut(struct text *t, const char *s);

/* sz bytes of s, which has no fewer. */
static inline void text_put_bytes(struct text *t, const char *s, size_t sz)
{
	if (sz >= sizeof(t->at) - t->sz) {
		text_put_cut(t, s);
		return;
	}
	memcpy(t->at + t->sz, s, sz);
	t->sz += sz;
	t->at[t->sz] = '\0';
}

/* As text_add() one word or number, for rows that are made by the million. */
static inline void text_put(struct text *t, const char *s)
{
	text_put_bytes(t, s, strlen(s));
}
void text_put_dec(struct text *t, uint64_t value);
void text_put_hex(struct text *t, uint64_t value); /* "0x1f" */

/* Terminal cells that a UTF-8 string takes (one per code point; we print no wide ones). */
size_t text_cells(const char *s);
/* The same of its first sz bytes. */
size_t text_cells_of(const char *s, size_t sz);

/* Cuts t to so many cells; the last one says that it was cut (`…` or `~`). */
void text_fit(struct text *t, size_t cells, bool ascii);
/* Appends spaces until t takes so many cells. */
void text_pad(struct text *t, size_t cells);

/*
 * How many bytes of text go into so many cells, broken at a space where there is one. The next
 * line begins at *rest.
 */
size_t text_break(const char *text, size_t cells, const char **rest);

/* "1.24 ms", "31.0 µs", "880 ns": three significant digits, or fewer when exact. */
void text_add_ns(struct text *t, uint64_t ns, bool ascii);
/* 124834 as "124,834" */
void text_add_count(struct text *t, uint64_t count);
/* The same of a number that a forged file may make larger than any integer. */
void text_add_large(struct text *t, double number);
/* "12.5 %"; nothing is divided by 0. */
void text_add_share(struct text *t, uint64_t part, uint64_t all);
/* A number a second: "0.25", "1,234" */
void text_add_rate(struct text *t, double rate);

/* "1ms", "2.5s", "100us", "300ns" in nanoseconds; false: it is none of them, or too long. */
bool text_parse_ns(const char *s, uint64_t *ns);

/* Makes bytes from outside printable in place: control characters and bad UTF-8 become '?'. */
void text_make_safe(char *s);

#endif
