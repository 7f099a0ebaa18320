/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Times, counts and shares for people, and times as people give them. */
#include "trace-viewer/text.h"

#include <stdlib.h>
#include <string.h>

static void add_scaled(struct text *t, uint64_t ns, uint64_t unit, const char *name)
{
	/* hundredths of the unit, so that rounding to three digits stays in integers */
	uint64_t whole = ns / unit;
	unsigned int part = (unsigned int)((ns % unit) * 100 / unit);
	char digits[3] = { '.', (char)('0' + part / 10), (char)('0' + part % 10) };

	text_put_dec(t, whole);
	if (whole < 100)
		text_put_bytes(t, digits, whole < 10 ? 3 : 2);
	text_put(t, name);
}

void text_add_ns(struct text *t, uint64_t ns, bool ascii)
{
	if (ns < 1000) {
		text_put_dec(t, ns);
		text_put(t, " ns");
	} else if (ns < 1000000) {
		add_scaled(t, ns, 1000, ascii ? " us" : " µs");
	} else if (ns < 1000000000) {
		add_scaled(t, ns, 1000000, " ms");
	} else {
		add_scaled(t, ns, 1000000000, " s");
	}
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

void text_add_large(struct text *t, double number)
{
	text_add_count(t, number < 1e18 ? (uint64_t)(number + .5) : 1000000000000000000ull);
}

void text_add_share(struct text *t, uint64_t part, uint64_t all)
{
	double permille = all ? (double)part / (double)all * 1000 + .5 : 0;
	unsigned int whole = permille < 1e9 ? (unsigned int)permille : 1000000000;

	text_add(t, "%u.%u %%", whole / 10, whole % 10);
}

void text_add_rate(struct text *t, double rate)
{
	if (rate < 10)
		text_add(t, "%.2f", rate);
	else
		text_add_large(t, rate);
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
