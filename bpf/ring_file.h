/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A recording that keeps only the last of it: two halves that swap. When the file holds half of what it may,
 * a second one is begun beside it, FILE.next: from then on everything goes to both. When the first is full,
 * the second takes its name. So FILE is a whole trace at every moment, without anything being copied, and holds
 * between half of SIZE and SIZE.
 */
#ifndef KVMTREE_RING_FILE_H
#define KVMTREE_RING_FILE_H

#include <stdint.h>
#include <sys/types.h>

#include "bpf/catch_up.h"
#include "trace-viewer/trace_writer.h"

struct ring_file;

/* Writes META and FUNCS as they are now, the first thing in a file. Returns 0 or -errno. */
typedef int ring_head_fn(void *context, struct trace_writer *writer);

/*
 * `path` is the file that is recorded to, of `size` bytes; it is opened again by its name only to be
 * replaced, with this mode and owner. Makes FILE.next at once, to fail now rather than later. Returns 0
 * or -errno; -EMSGSIZE: its head, head_sz bytes, leaves too little room.
 */
int ring_file_new(struct ring_file **ring, const char *path, uint64_t size, uint64_t head_sz,
		  ring_head_fn *head, void *context);

/* FILE.next goes. NULL is fine. */
void ring_file_free(struct ring_file *ring);

/* What a file says that was let go before it. */
struct ring_gone {
	uint64_t records, exits;
	uint64_t time_ns; /* what is left begins here */
};

/*
 * After something was written: begins the second file, or swaps. `gone` is all that was recorded so far.
 * fd: the descriptor that the writer writes to, which is closed and replaced at a swap. Returns 0 or -errno.
 */
int ring_file_turn(struct ring_file *ring, struct trace_writer *writer, int *fd,
		   const struct catch_up *catch_up, const struct ring_gone *gone);

#endif
