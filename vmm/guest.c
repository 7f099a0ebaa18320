/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the guests inside the binary, and finds one by its name. */
#include <string.h>

#include "vmm/guest.h"

/* The flat images, as the Makefile built them from guests/NAME.S. */
#define GUEST(name, ...)                                                                           \
	__asm__(".pushsection .rodata\n"                                                           \
		".globl guest_" #name ", guest_" #name "_end\n"                                    \
		"guest_" #name ": .incbin \"vmm-obj/guests/" #name ".bin\"\n"                      \
		"guest_" #name "_end: .byte 0\n"                                                   \
		".popsection");                                                                    \
	extern const uint8_t guest_##name[], guest_##name##_end[];
#include "vmm/guests.def"
#undef GUEST

static struct guest guests[] = {
#define GUEST(name, mode, platform, arg, def, sentence)                                            \
	{#name, GUEST_##mode, PLATFORM_##platform, arg, def, sentence, {guest_##name, 0}},
#include "vmm/guests.def"
#undef GUEST
};

static const uint8_t *const ends[] = {
#define GUEST(name, ...) guest_##name##_end,
#include "vmm/guests.def"
#undef GUEST
};

#define GUEST_CNT (sizeof(guests) / sizeof(guests[0]))

const struct guest *guest_find(const char *name)
{
	for (size_t i = 0; i < GUEST_CNT; i++) {
		if (strcmp(guests[i].name, name))
			continue;
		/* No constant expression, so it cannot stand in the table. */
		guests[i].image.size = (size_t)(ends[i] - guests[i].image.bytes);
		return &guests[i];
	}
	return NULL;
}

/* The number of letters to add, drop or change to come from a to b (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
	size_t row[32], b_len = strlen(b);

	if (b_len >= 32)
		return b_len;
	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; *a; a++, i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t best = diagonal + (*a != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b_len];
}

const struct guest *guest_near(const char *name)
{
	const struct guest *near = NULL;
	size_t best = 3;

	for (size_t i = 0; i < GUEST_CNT; i++) {
		size_t d = distance(name, guests[i].name);

		/* Two letters of four would be a guess at random. */
		if (d < best && d * 2 < strlen(guests[i].name)) {
			best = d;
			near = &guests[i];
		}
	}
	return near;
}

void guest_list(FILE *out)
{
	for (size_t i = 0; i < GUEST_CNT; i++) {
		const struct guest *g = &guests[i];
		int n = fprintf(out, "%s", g->name);

		if (*g->arg_name)
			n += fprintf(out, " [%s=%u]", g->arg_name, g->arg_default);
		fprintf(out, "%*s%s\n", n < 26 ? 26 - n : 1, "", g->sentence);
	}
}
