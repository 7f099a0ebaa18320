/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The flow of a recording: what called what, without times, values and addresses, in terms that
 * all vendors, kernels and VMMs share. Two flows can be matched frame by frame.
 */
#ifndef KVMTREE_DIFF_FLOW_H
#define KVMTREE_DIFF_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "trace-viewer/model.h"

enum flow_kind {
	FLOW_ROOT,
	FLOW_VM,
	FLOW_THREAD,
	FLOW_FRAME, /* an ioctl or a function */
	FLOW_EXIT,
	FLOW_LOOP, /* its children go round `count` times */
	FLOW_MIX,  /* its children came in no order that repeats: here they are sorted */
};

/* How a frame stands to the other flow. */
enum flow_change {
	FLOW_ONLY_HERE,
	FLOW_SAME,    /* twin is the same frame */
	FLOW_RENAMED, /* twin is the same concept by another name */
	FLOW_CHANGED, /* twin is the same frame, and ended otherwise */
	FLOW_MOVED,   /* twin is the same frame at another place */
};

struct flow {
	struct flow *parent, *prev, *next, *first, *last;
	enum flow_kind kind;
	enum flow_change change;
	struct flow *twin;
	uint64_t label;	     /* equal: the same concept */
	uint64_t tree_label; /* equal: the same concepts all the way down */
	uint32_t tree_cnt;   /* frames in the subtree, itself included */
	uint64_t count;	     /* times in the recording; FLOW_LOOP: rounds; FLOW_MIX: frames in it */
	const char *layer;   /* FLOW_FRAME: "vmm", "ioctl", "kvm", ... */
	const char *concept; /* what the label is made of, "" where that is the kind alone */
	const char *meaning; /* or "" */
	const char *outcome; /* "", or the error that an ioctl ended with */
	char *name;
	char *detail; /* port, MSR and the like, the same words on both vendors; or "" */
	struct diff_row *row; /* where it is printed; diff_print's own */
};

struct flow_options {
	long vm;	  /* 0: all */
	const char *path; /* one of WALK_PATHS; NULL: all */
	bool has_no_vmm;  /* leave the VMM's own functions out */
};

/* The flow of a model, which may be freed after it. NULL: no memory. */
struct flow *flow_new(const struct model *model, const struct flow_options *options);
void flow_free(struct flow *flow);

/* Are there functions of a VMM in this model? */
bool flow_has_vmm(const struct model *model);

/* Is it something of its own, not only how others come? */
bool flow_is_frame(const struct flow *flow);

/* The frame after this one when a tree is walked from the top; NULL after the last below `root`. */
struct flow *flow_next(const struct flow *flow, const struct flow *root);

#endif
