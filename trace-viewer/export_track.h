/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The threads of a recording, as tracks that are named when all is known of them. */
#ifndef KVMTREE_EXPORT_TRACK_H
#define KVMTREE_EXPORT_TRACK_H

#include "trace-viewer/export.h"

struct track {
	uint32_t tid, tgid, vm; /* vm 0: not known */
	int32_t vcpu_id;	/* or NODE_VCPU_NONE */
	char comm[REC_COMM_MAX + 1];
	void *state; /* the format's own; NULL at first */
};

struct tracks;

struct tracks *tracks_new(void);
void tracks_free(struct tracks *tracks);

/* The track of a frame's thread, made if need be and brought up to date; NULL: too many, no memory. */
struct track *tracks_get(struct tracks *tracks, const struct frame_fact *fact);
/* In the order in which they came; NULL: there is no such one. */
struct track *tracks_at(const struct tracks *tracks, uint32_t i);

/* "VM 1 vCPU 0", or the thread's command */
void track_add_name(struct text *t, const struct track *track);

#endif
