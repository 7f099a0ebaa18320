/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Two files of which one is always whole. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/ring_file.h"

struct ring_file {
	char *path, *next_path; /* without symbolic links: a rename would replace them */
	uint64_t size;
	ring_head_fn *head;
	void *context;
	struct stat st; /* of the file as it was made */
	int next_fd;	/* of FILE.next: empty, or the writer's second file */
};

/* FILE.next, empty, and as FILE is. Returns 0 or -errno. */
static int next_make(struct ring_file *ring)
{
	struct stat st;

	/* not one that somebody else has put there */
	unlink(ring->next_path);
	ring->next_fd = open(ring->next_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (ring->next_fd < 0)
		return -errno;
	if (fstat(ring->next_fd, &st) ||
	    ((st.st_uid != ring->st.st_uid || st.st_gid != ring->st.st_gid) &&
	     fchown(ring->next_fd, ring->st.st_uid, ring->st.st_gid)) ||
	    fchmod(ring->next_fd, ring->st.st_mode & 07777))
		return -errno;
	return 0;
}

int ring_file_new(struct ring_file **out, const char *path, uint64_t size, uint64_t head_sz,
		  ring_head_fn *head, void *context)
{
	struct ring_file *ring = calloc(1, sizeof(*ring));
	int err = 0;

	*out = NULL;
	if (!ring)
		return -ENOMEM;
	ring->size = size;
	ring->head = head;
	ring->context = context;
	ring->next_fd = -1;
	ring->path = realpath(path, NULL);
	if (!ring->path || stat(ring->path, &ring->st))
		err = -errno;
	else if (!S_ISREG(ring->st.st_mode))
		err = -EINVAL;
	else if (head_sz > size / 4)
		err = -EMSGSIZE;
	else if (asprintf(&ring->next_path, "%s.next", ring->path) < 0)
		err = -ENOMEM;
	else
		err = next_make(ring);
	if (err)
		ring_file_free(ring);
	else
		*out = ring;
	return err;
}

void ring_file_free(struct ring_file *ring)
{
	if (!ring)
		return;
	if (ring->next_fd >= 0) {
		close(ring->next_fd);
		unlink(ring->next_path);
	}
	free(ring->path);
	free(ring->next_path);
	free(ring);
}

static int record_tell(void *writer, const union record *rec)
{
	return trace_writer_record(writer, rec);
}

/* The second file up to where it joins the first. */
static int next_begin(struct ring_file *ring, struct trace_writer *writer,
		      const struct catch_up *catch_up, const struct ring_gone *gone)
{
	struct trace_writer *next;
	char text[160];
	int n = snprintf(text, sizeof(text),
			 "let_go_records %" PRIu64 "\nlet_go_exits %" PRIu64 "\nlet_go_until_ns %" PRIu64
			 "\n", gone->records, gone->exits, gone->time_ns);
	int err = trace_writer_new(&next, ring->next_fd);

	if (err)
		return err;
	err = ring->head(ring->context, next);
	if (!err)
		err = trace_writer_text(next, TRACE_CHUNK_META, text, (size_t)n);
	if (!err)
		err = catch_up_each(catch_up, gone->time_ns, record_tell, next);
	if (!err)
		err = trace_writer_flush(next);
	if (!err)
		err = trace_writer_also(writer, ring->next_fd, trace_writer_bytes(next));
	trace_writer_free(next);
	return err;
}

static int swap(struct ring_file *ring, struct trace_writer *writer, int *fd)
{
	if (rename(ring->next_path, ring->path))
		return -errno;
	close(trace_writer_switch(writer));
	*fd = ring->next_fd;
	ring->next_fd = -1;
	return next_make(ring);
}

int ring_file_turn(struct ring_file *ring, struct trace_writer *writer, int *fd,
		   const struct catch_up *catch_up, const struct ring_gone *gone)
{
	uint64_t bytes = trace_writer_bytes(writer);

	if (!trace_writer_also_bytes(writer))
		return bytes < ring->size / 2 ? 0 : next_begin(ring, writer, catch_up, gone);
	/* the second one must hold something, or all would be gone at once */
	return bytes < ring->size ? 0 : swap(ring, writer, fd);
}
