/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the form of a message on standard error. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "vmm/complain.h"

void complain(const char *fmt, ...)
{
	char line[1024] = "vmm: ";
	const size_t prefix = sizeof("vmm: ") - 1, room = sizeof(line) - prefix - 1;
	va_list args;
	size_t len;
	int n;

	va_start(args, fmt);
	n = vsnprintf(line + prefix, room, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	len = prefix + ((size_t)n < room ? (size_t)n : room - 1);
	line[len++] = '\n';
	/* There is nobody left to tell that standard error is gone. */
	if (write(STDERR_FILENO, line, len) < 0)
		return;
}
