/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* `kvmtree report`: what is gathered of each recording, and the parts of the page that show it. */
#ifndef KVMTREE_REPORT_H
#define KVMTREE_REPORT_H

#include <stdio.h>

#include "trace-viewer/exit_table.h"
#include "trace-viewer/input.h"
#include "trace-viewer/kb.h"

#define REPORT_FILES_MAX 16
#define REPORT_BINS	 2048 /* of the timeline; a power of two */
#define REPORT_LANES_MAX 128  /* vCPUs in a timeline */
#define REPORT_SLOW_MAX	 20
#define REPORT_NODES_MAX 5000 /* rows of all trees: some 2.5 MB */

/* Where a vCPU's time goes. */
enum report_where { WHERE_GUEST, WHERE_KERNEL, WHERE_USER, WHERE_OFF, WHERE_CNT };

struct report_lane {
	uint32_t vm;
	int32_t vcpu_id;
	uint64_t exit_cnt;
	uint64_t ns[WHERE_CNT];
	uint64_t bins[REPORT_BINS][WHERE_CNT];
};

/* An exit that took long. Functions live as long as the recording's reader. */
struct report_slow {
	struct exit_fact fact;
	struct off_cpu_sum off_cpu; /* the fact's own is gone */
	uint32_t vm;
	uint64_t cost_ns;
};

struct report_recording {
	char name[128];
	struct input input;
	struct exit_table reasons, concepts;
	struct report_lane *lanes[REPORT_LANES_MAX];
	uint32_t lane_cnt;
	uint64_t beyond_cnt;	      /* exits of vCPUs that found no lane */
	uint64_t origin_ns, bin_ns;   /* bin_ns 0: nothing yet */
	uint64_t span_ns;	      /* from origin_ns on; a forged origin may leave no room for a sum */
	struct report_slow slow[REPORT_SLOW_MAX]; /* the slowest first */
	uint32_t slow_cnt;
};

/* Which rows of the knowledge base the page speaks of. */
#define REPORT_ENTRIES_MAX 512
struct report_glossary {
	bool has[KB_GROUP_CNT][REPORT_ENTRIES_MAX];
};

struct report {
	FILE *file;
	struct text title;
	struct report_recording recordings[REPORT_FILES_MAX];
	uint32_t recording_cnt;
	struct report_glossary glossary;
	uint32_t node_cnt; /* rows of trees that are written */
};

/* Give this to whoever reads the recording. */
struct observer report_observer(struct report_recording *r);
void report_recording_release(struct report_recording *r);

/* The parts of the page, in their order. */
void report_page(struct report *report);
void report_mix(struct report *report, struct report_recording *r);
void report_timeline(struct report *report, struct report_recording *r, uint32_t index);
void report_slowest(struct report *report, struct report_recording *r, uint32_t index);
void report_tree(struct report *report, struct report_recording *r);
void report_compare(struct report *report);
void report_glossary(struct report *report);

/* "guest", "kernel", "user", "off": names of classes and of lanes. */
extern const char *const report_where_class[WHERE_CNT], *const report_where_title[WHERE_CNT];

/*
 * "<a href=#kb-…>" for a row of the knowledge base, which will be explained; false: there is no such
 * row, and nothing is written. By number, or, for functions, by name.
 */
bool report_link(struct report *report, enum kb_group group, uint32_t number, const char *name);
/* The same for an exit reason as it was recorded. */
bool report_exit_link(struct report *report, uint32_t isa, uint32_t reason);

#endif
