/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns numbers as text. strtoull() is lenient (blanks, signs, octal): we are not. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/number.h"

static int parse(const char *text, uint64_t *value, const char **rest)
{
	int base = text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10;
	const char *digits = base == 16 ? text + 2 : text;
	char *end;

	if (!isxdigit((unsigned char)*digits))
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, base);
	*rest = end;
	if (end == text)
		return -EINVAL;
	return errno == ERANGE ? -ERANGE : 0;
}

int number_parse(const char *text, uint64_t *value)
{
	const char *rest;
	int err = parse(text, value, &rest);

	return err == -EINVAL || *rest ? -EINVAL : err;
}

int size_parse(const char *text, uint64_t *bytes)
{
	const char *rest, *suffixes = "KMG", *at;
	int err = parse(text, bytes, &rest);
	int shift = 0;

	if (err == -EINVAL)
		return err;
	if (*rest) {
		at = strchr(suffixes, toupper((unsigned char)*rest));
		if (!at || rest[1])
			return -EINVAL;
		shift = 10 * (int)(at - suffixes + 1);
	}
	if (err || *bytes > UINT64_MAX >> shift)
		return -ERANGE;
	*bytes <<= shift;
	return 0;
}

const char *size_format(uint64_t bytes, char *buf, size_t buf_sz)
{
	const char *suffixes[] = {"", "K", "M", "G"};
	unsigned int i = 0;

	while (i < 3 && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		i++;
	}
	snprintf(buf, buf_sz, "%" PRIu64 "%s", bytes, suffixes[i]);
	return buf;
}
