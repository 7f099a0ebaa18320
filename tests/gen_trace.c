/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* gen_trace SCRIPT > FILE.kvmtree: a trace from a description (tests/trace_script.h). */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/trace_script.h"

int main(int argc, char **argv)
{
	char *script = argc == 2 ? file_text(argv[1]) : NULL, why[200];

	if (!script) {
		fprintf(stderr, "usage: gen_trace SCRIPT > FILE\n");
		return 2;
	}
	if (trace_script_write(script, STDOUT_FILENO, why, sizeof(why))) {
		fprintf(stderr, "gen_trace: %s: %s\n", argv[1], why);
		return 1;
	}
	free(script);
	return 0;
}
