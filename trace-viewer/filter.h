/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Which frames of a recording stay in the tree. Frames are judged as they close, before anything
 * is folded, so that counts and times of what is folded are those of what was asked for.
 */
#ifndef KVMTREE_FILTER_H
#define KVMTREE_FILTER_H

#include "trace-viewer/node.h"
#include "trace-viewer/options.h"

/*
 * Zeroes ask for everything. A frame stays when it is what was asked for, or is below such a frame,
 * or has such a frame below it; `layers` and `sources` then leave out lines, not what is below them.
 */
struct filter {
	struct option_duration from, to; /* since the first record */
	struct option_duration slower;
	struct option_list reasons;	 /* "npf", "48", "memory", "KVM_EXIT_IO", "io:0x3f8" */
	struct option_list functions;	 /* patterns of the shell: "svm_*", "KVM_SET_*" */
	const char *path;		 /* "create-vm", "create-vcpu", "run" */
	const char *layers, *sources;	 /* "vmm,ioctl" */
};

/* The options that fill in a filter. */
extern const struct option_row filter_rows[];

/* Are the words that options cannot check known ones? If not that is said in command's name. */
bool filter_check(const struct filter *filter, const char *command);

/* Does it ask for anything but everything? */
bool filter_asks(const struct filter *filter);
/* Does it ask for some frames only, and not for their neighbours? */
bool filter_is_selective(const struct filter *filter);
/* Does it keep with a kernel's frame all that this called? A part of the walk does. */
bool filter_keeps_whole(const struct filter *filter);

/* Is a frame of this layer, known by this source (a rung, or "tracepoint"), to have a line? */
bool filter_has_line(const struct filter *filter, const char *layer, const char *source);

bool filter_has_line_of(const struct filter *filter, const struct node *node);

/*
 * Does a frame that has just closed stay, with what was kept below it? If not, what is below it goes
 * to its parent. begin_ns is the time of the first record; has_run: the thread has called KVM_RUN
 * before the frame began.
 */
bool filter_judge(const struct filter *filter, const struct node *node, uint64_t begin_ns,
		  bool has_run);

#endif
