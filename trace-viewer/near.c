/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Edit distance by rows (optimal string alignment). */
#include "trace-viewer/near.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#define NAME_MAX_SZ 64

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static int same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

unsigned int near_distance(const char *a, const char *b)
{
	/* rows[i % 3][j]: from the first i letters of a to the first j of b */
	unsigned int rows[3][NAME_MAX_SZ];
	const size_t a_sz = strlen(a), b_sz = strlen(b);

	if (a_sz >= NAME_MAX_SZ || b_sz >= NAME_MAX_SZ)
		return UINT_MAX;
	for (size_t j = 0; j <= b_sz; j++)
		rows[0][j] = (unsigned int)j;
	for (size_t i = 1; i <= a_sz; i++) {
		unsigned int *row = rows[i % 3], *above = rows[(i - 1) % 3];

		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= b_sz; j++) {
			row[j] = above[j - 1] + !same(a[i - 1], b[j - 1]);
			row[j] = least(row[j], least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				row[j] = least(row[j], rows[(i - 2) % 3][j - 2] + 1);
		}
	}
	return rows[a_sz % 3][b_sz];
}

unsigned int near_limit(const char *name)
{
	return 1 + (unsigned int)strlen(name) / 5;
}
