/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From a file's name to a finished model. */
#include "trace-viewer/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace-viewer/infer.h"
#include "trace-viewer/symbols.h"

static ssize_t read_fd(void *owner, void *buf, size_t sz)
{
	ssize_t n;

	do
		n = read(*(int *)owner, buf, sz);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* A thread of its own for what a small file needs would take longer than reading it. */
#define AHEAD_MIN_SZ (256 << 10)

/* Is it a file large enough to be read ahead? What comes through a pipe may keep its reader waiting for ever. */
static bool is_for_ahead(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size >= AHEAD_MIN_SZ;
}

static bool input_open(struct input *in)
{
	char why[256];

	in->fd = strcmp(in->path, "-") ? open(in->path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	if (in->fd < 0) {
		fprintf(stderr, "%s: %s: cannot be opened: %s; record one with "
				"`kvmtree record -o %s -- COMMAND`\n",
			in->command, in->path, strerror(errno), in->path);
		return false;
	}
	in->reader = trace_reader_new(read_fd, &in->fd, why, sizeof(why));
	if (!in->reader)
		fprintf(stderr, "%s: %s: %s\n", in->command, in->path, why);
	else if (is_for_ahead(in->fd))
		trace_reader_ahead(in->reader);
	return in->reader != NULL;
}

/* Opens the file and makes the model. */
static int input_begin(struct input *in, const char *command, const char *path, enum model_keep keep,
		       const struct observer *observer)
{
	*in = (struct input){ .command = command, .path = path };
	if (!input_open(in)) {
		input_release(in);
		return -EINVAL;
	}
	in->model = model_new(keep, observer);
	if (in->model) {
		symbols_use(in->model->symbols);
		return 0;
	}
	fprintf(stderr, "%s: %s: no memory to read it\n", command, path);
	input_release(in);
	return -ENOMEM;
}

int input_read(struct input *in, const char *command, const char *path, enum model_keep keep,
	       const struct observer *observer)
{
	int err = input_begin(in, command, path, keep, observer);

	if (err)
		return err;
	model_read(in->model, in->reader);
	infer_frames(in->model);
	return 0;
}

int input_read_filtered(struct input *in, const char *command, const char *path,
			enum model_keep keep, const struct filter *filter,
			const struct model_sink *sink)
{
	int err = input_begin(in, command, path, keep, NULL);

	if (err)
		return err;
	model_filter(in->model, filter);
	model_drain(in->model, sink);
	model_read(in->model, in->reader);
	if (!sink)
		infer_frames(in->model);
	return 0;
}

int input_end(struct input *in)
{
	const struct model *model = in->model;
	int status = model->gap_cnt || !model->ending.in_order ? EXIT_FAILURE : EXIT_SUCCESS;

	if (model->gap_cnt)
		fprintf(stderr, "%s: %s: is damaged in %llu place%s: what is whole was printed; copy it "
				"again, or record again\n",
			in->command, in->path, (unsigned long long)model->gap_cnt,
			model->gap_cnt == 1 ? "" : "s");
	if (!model->ending.in_order)
		fprintf(stderr, "%s: %s: %s; what is whole was printed\n", in->command, in->path,
			model->ending.text);
	input_release(in);
	return status;
}

void input_release(struct input *in)
{
	symbols_use(NULL);
	model_free(in->model);
	trace_reader_free(in->reader);
	if (in->fd > STDIN_FILENO)
		close(in->fd);
	memset(in, 0, sizeof(*in));
}

bool input_has_vm(const struct input *in, long vm)
{
	if (vm <= (long)in->model->vm_cnt)
		return true;
	fprintf(stderr, "%s: --vm %ld: %s has %u\n", in->command, vm, in->path, in->model->vm_cnt);
	return false;
}
