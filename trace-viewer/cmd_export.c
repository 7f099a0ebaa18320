/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree export: a recording in the formats of other programs. */
#include <errno.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/commands.h"
#include "trace-viewer/export.h"
#include "trace-viewer/input.h"

#define OUTPUT_BUFFER_SZ (1 << 16)

struct export_command {
	const char *format, *output;
};

#define AT(field) offsetof(struct export_command, field)

static const struct option_row rows[] = {
	OPT_CHOICE('f', "format", AT(format), "FORMAT", EXPORT_CHOICES, "what to write (json)"),
	OPT_STRING('o', "output", AT(output), "FILE", "write to FILE, - for standard output"),
	OPT_END,
};

const struct option_spec export_spec = {
	.command = "kvmtree export",
	.usage = "[options] FILE",
	.about = "Writes a recording for other programs: JSON lines of exits and frames, CSV of\n"
		 "exits, a trace for the Perfetto UI, folded stacks for flame graphs, or the exit\n"
		 "mix as OpenMetrics.",
	.rows = rows,
	.args_min = 1,
	.args_max = 1,
};

static const struct export_format *format_find(const char *name)
{
	static const struct export_format *const formats[] = {
#define EXPORT_ROW(format) &export_##format,
		EXPORT_FORMATS(EXPORT_ROW)
#undef EXPORT_ROW
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	return NULL;
}

/* Writes the whole of it; the file stays open. */
static int export_file(struct exporting *x, const char *path)
{
	const struct observer observer = export_observer(x);
	struct input in;

	if (!export_begin(x)) {
		fprintf(stderr, "%s: %s: no memory\n", export_spec.command, path);
		return EXIT_FAILURE;
	}
	if (input_read(&in, export_spec.command, path, MODEL_FACTS, &observer))
		return EXIT_FAILURE;
	export_end(x, in.model);
	if (x->e.has_no_memory)
		fprintf(stderr, "%s: %s: there are more different stacks than can be kept; the time of the "
				"others is their callers'\n", export_spec.command, path);
	return input_end(&in);
}

/* false: it was said that not all could be written. */
static bool file_close(FILE *file, const char *name)
{
	bool is_bad = ferror(file) != 0;

	is_bad |= fflush(file) != 0;
	if (file != stdout)
		is_bad |= fclose(file) != 0;
	if (is_bad)
		fprintf(stderr, "%s: %s: cannot be written: %s\n", export_spec.command, name, strerror(errno));
	return !is_bad;
}

int cmd_export(int argc, char **argv)
{
	struct export_command cmd = { .format = "json", .output = "-" };
	struct exporting x = { 0 };
	int first, status;

	if (options_parse(&export_spec, &cmd, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	x.format = format_find(cmd.format);
	x.e.file = strcmp(cmd.output, "-") ? fopen(cmd.output, "we") : stdout;
	if (!x.e.file) {
		fprintf(stderr, "%s: %s: cannot be written: %s\n", export_spec.command, cmd.output,
			strerror(errno));
		return EXIT_FAILURE;
	}
	/* nobody else writes, so that no character needs a lock */
	__fsetlocking(x.e.file, FSETLOCKING_BYCALLER);
	setvbuf(x.e.file, NULL, _IOFBF, OUTPUT_BUFFER_SZ);
	status = export_file(&x, argv[first]);
	export_release(&x);
	return file_close(x.e.file, x.e.file == stdout ? "standard output" : cmd.output) ? status :
											     EXIT_FAILURE;
}
