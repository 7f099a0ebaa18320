/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One run of kvmtree record: what its parts (record*.c) share, and nobody else sees. */
#ifndef KVMTREE_RECORD_SESSION_H
#define KVMTREE_RECORD_SESSION_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "bpf/plan.h"
#include "bpf/programs.h"
#include "bpf/record_loss.h"
#include "bpf/record_options.h"
#include "bpf/record_target.h"
#include "bpf/recorder.h"
#include "trace-viewer/symbols.h"
#include "trace-viewer/trace_writer.h"

struct session {
	struct record_options options;
	struct plan plan;
	struct programs *programs;
	struct trace_writer *writer;
	struct recorder *recorder;
	struct selection *selection; /* NULL: all is recorded */
	struct trigger *trigger;     /* NULL: it ends with what it is of */
	struct ring_file *ring;	     /* NULL: all of it is kept */
	char *meta; /* what the file says of itself */
	size_t meta_sz;
	struct target target;
	char command_path[PATH_MAX];
	bool is_output_ours; /* it was not there before */
	int out_fd, signal_fd;
	uint32_t told_cnt; /* of the plan's functions: who was refused was said */
	time_t progress_time; /* of the last line of progress; 0: none yet */
	struct symbols *symbols; /* of the guest, or NULL */
	struct record_loss loss; /* known when the file has ended */
	char why[512];
};

/* --- record_plan.c: what is wanted, and whether it can be had --------------------- */

/* What would be attached, kernel and COMMAND. Returns 0, or the exit status when it complained. */
int session_plan(struct session *s);
/* Prints that. Returns the exit status. */
int session_dry_run(struct session *s);

/* --- record_file.c: the file, but for its records --------------------------------- */

/* Opens it. Returns 0, or 1 when it complained. */
int session_file_open(struct session *s);
/* Its head: what is known before the first record. Returns 0, or 1 when it complained. */
int session_file_begin(struct session *s);
/* Its end: what the recorder knows then. Returns 0 or -errno. */
int session_file_end(struct session *s, int wait_status);
/* Says why the file cannot be written. Returns 1. */
int session_file_complain(const struct session *s, int err);

/* --- record_tell.c: what it says of its work -------------------------------------- */

/* A line now and then, when there is much to attach; `context` is the session. */
void session_attached(void *context, uint32_t done_cnt, uint32_t func_cnt);
/* Whoever asked for more than the walk is told what came of it. */
void session_attached_tell(const struct session *s, uint64_t took_ns);
void session_summary_print(const struct session *s);

#endif
