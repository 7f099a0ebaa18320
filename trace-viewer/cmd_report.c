/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kvmtree report: recordings as one HTML file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace-viewer/commands.h"
#include "trace-viewer/report.h"

struct report_command {
	const char *output, *title;
};

#define AT(field) offsetof(struct report_command, field)

static const struct option_row rows[] = {
	OPT_STRING('o', "output", AT(output), "FILE", "write to FILE, - for standard output (report.html)"),
	OPT_STRING('t', "title", AT(title), "TEXT", "what the page is called"),
	OPT_END,
};

const struct option_spec report_spec = {
	.command = "kvmtree report",
	.usage = "[options] FILE...",
	.about = "Writes one HTML file that needs nothing but itself: exit mix, vCPUs over time,\n"
		 "the slowest exits, the call tree, and what it all means. Several recordings are\n"
		 "put side by side.",
	.rows = rows,
	.args_min = 1,
	.args_max = REPORT_FILES_MAX,
};

/* What a recording is called: its path's last part, without .kvmtree. */
static void name_set(struct report_recording *r, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *suffix = strstr(name, ".kvmtree");
	const size_t name_sz = suffix && suffix != name && !suffix[8] ? (size_t)(suffix - name) : strlen(name);

	snprintf(r->name, sizeof(r->name), "%.*s", (int)(name_sz < sizeof(r->name) ? name_sz : sizeof(r->name) - 1),
		 name);
	text_make_safe(r->name);
}

static void title_set(struct report *report, const char *title)
{
	text_clear(&report->title);
	if (title)
		text_add(&report->title, "%s", title);
	for (uint32_t i = 0; !title && i < report->recording_cnt; i++)
		text_add(&report->title, "%s%s", i ? ", " : "", report->recordings[i].name);
	text_make_safe(report->title.at);
}

/* Reads all; false: it was said what cannot be. */
static bool read_all(struct report *report, char **paths, int cnt)
{
	for (int i = 0; i < cnt; i++) {
		struct report_recording *r = &report->recordings[i];
		const struct observer observer = report_observer(r);

		name_set(r, paths[i]);
		if (input_read(&r->input, report_spec.command, paths[i], MODEL_FOLDED, &observer))
			return false;
		report->recording_cnt++;
	}
	return true;
}

static bool write_page(struct report *report, const char *path)
{
	bool is_bad;

	report->file = strcmp(path, "-") ? fopen(path, "we") : stdout;
	if (report->file) {
		report_page(report);
		is_bad = fflush(report->file) != 0 || ferror(report->file);
		if (report->file != stdout)
			is_bad |= fclose(report->file) != 0;
	} else {
		is_bad = true;
	}
	if (is_bad)
		fprintf(stderr, "%s: %s: cannot be written: %s\n", report_spec.command, path, strerror(errno));
	return !is_bad;
}

int cmd_report(int argc, char **argv)
{
	struct report_command cmd = { .output = "report.html" };
	struct report *report;
	int first, status;

	if (options_parse(&report_spec, &cmd, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	report = calloc(1, sizeof(*report));
	if (!report) {
		fprintf(stderr, "%s: no memory\n", report_spec.command);
		return EXIT_FAILURE;
	}
	status = EXIT_FAILURE;
	if (read_all(report, argv + first, argc - first)) {
		title_set(report, cmd.title);
		status = write_page(report, cmd.output) ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	for (uint32_t i = 0; i < report->recording_cnt; i++)
		if (input_end(&report->recordings[i].input))
			status = EXIT_FAILURE;
	for (int i = 0; i < REPORT_FILES_MAX; i++)
		report_recording_release(&report->recordings[i]);
	free(report);
	return status;
}
