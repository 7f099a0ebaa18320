/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Opens the recording that a command names. */
#ifndef KVMTREE_INPUT_H
#define KVMTREE_INPUT_H

#include "trace-viewer/model.h"

struct input {
	int fd;
	struct trace_reader *reader;
	struct model *model; /* finished, frames inferred */
};

/*
 * Reads the file at path, "-" for standard input, into a model. Returns 0; else it has
 * said "COMMAND: FILE: what: what to do" on stderr and holds nothing.
 */
int input_read(struct input *in, const char *command, const char *path, bool has_folds);
void input_release(struct input *in);

#endif
