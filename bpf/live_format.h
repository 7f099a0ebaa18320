/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A look at the exits, written for people or programs. */
#ifndef KVMTREE_LIVE_FORMAT_H
#define KVMTREE_LIVE_FORMAT_H

#include <stdio.h>

#include "bpf/live_table.h"

struct live_look {
	const struct live_table *vcpus;	  /* LIVE_BY_VCPU */
	const struct live_table *rows;	  /* LIVE_BY_ROW */
	const struct live_table *reasons; /* LIVE_BY_REASON */
	uint64_t time_ns;		  /* CLOCK_REALTIME */
	uint64_t unplaced;
	bool has_head; /* the first of its file */
};

typedef void live_format_fn(FILE *file, const struct live_look *look);

/* The writer of "text", "json", "csv" or "openmetrics". */
live_format_fn *live_format(const char *name);

#endif
