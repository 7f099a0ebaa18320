/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A failure with its sentence. */
#include <stdarg.h>
#include <stdio.h>

#include "bpf/explain.h"

int explain(int err, char *why, size_t why_sz, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, why_sz, format, args);
	va_end(args);
	return err;
}
