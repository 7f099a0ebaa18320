/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What tracefs says of the kvm tracepoints: which there are, and where their fields lie. */
#ifndef KVMTREE_TRACEFS_H
#define KVMTREE_TRACEFS_H

#include <stdbool.h>
#include <stdio.h>

#include <linux/types.h>
#include "bpf/tracepoint_fields.h"

struct tracepoints {
	bool is_there[TP_EVENT_CNT];
	struct tp_place places[TP_FIELD_CNT];
};

/* The names of the tracepoints, by enum tp_event. */
extern const char *const tp_event_names[TP_EVENT_CNT];

/*
 * A folder with tracefs in it, or NULL. Where it is not mounted and the user may mount, it is a mount that
 * only this process sees: a machine without one need not be changed to be recorded on.
 */
const char *tracefs_dir(void);

/* A file in there, to be closed; NULL: errno says why, ENOENT too where there is no tracefs. */
FILE *tracefs_open(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The number of a tracepoint for perf events, or -errno. */
int tracefs_event_id(const char *category, const char *event);

/*
 * Reads the `format` of every event in KVMTREE_TP_EVENTS. An event that this kernel lacks,
 * or whose fields do not fit, is not there. Returns 0, or -errno when tracefs cannot be read.
 */
int tracefs_read(struct tracepoints *tps);

#endif
