/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One way to say it. */
#include <stdarg.h>
#include <stdio.h>

#include "bpf/record_say.h"

int complain(const char *format, ...)
{
	va_list args;

	fputs("kvmtree record: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return 1;
}

void progress(bool is_quiet, const char *text)
{
	if (!is_quiet)
		fprintf(stderr, "kvmtree record: %s\n", text);
}
