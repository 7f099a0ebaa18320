/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Opens the recording that a command names. */
#ifndef KVMTREE_INPUT_H
#define KVMTREE_INPUT_H

#include <stdbool.h>

#include "trace-viewer/model.h"

struct input {
	const char *command, *path; /* whose they are outlives the input */
	int fd;
	struct trace_reader *reader;
	struct model *model; /* finished; MODEL_FOLDED and MODEL_WHOLE: frames inferred */
};

/*
 * Reads the file at path, "-" for standard input, into a model that keeps what `keep` says and tells
 * observer (or NULL) what happens. Returns 0; else it has said "COMMAND: FILE: what: what to do" on
 * stderr and holds nothing.
 */
int input_read(struct input *in, const char *command, const char *path, enum model_keep keep,
	       const struct observer *observer);
/* The same for what a filter asks for, drained by a sink (or NULL); both outlive the input. */
int input_read_filtered(struct input *in, const char *command, const char *path,
			enum model_keep keep, const struct filter *filter,
			const struct model_sink *sink);

/*
 * Call when all is printed: says on stderr where a torn or damaged file ends, and frees all. Returns
 * the exit status: EXIT_SUCCESS when the file was whole.
 */
int input_end(struct input *in);
void input_release(struct input *in);

/* Is there a VM of this number (0: any will do)? If not that is said. */
bool input_has_vm(const struct input *in, long vm);

#endif
