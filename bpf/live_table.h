/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What was counted between two looks, as a table of VMs, vCPUs, reasons or details. */
#ifndef KVMTREE_LIVE_TABLE_H
#define KVMTREE_LIVE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/live_details.h"
#include "bpf/live_map.h"
#include "trace-viewer/text.h"

/* From VM down to port; LIVE_BY_ROW: a line per reason of each vCPU, for programs. */
enum live_level { LIVE_BY_VM, LIVE_BY_VCPU, LIVE_BY_REASON, LIVE_BY_DETAIL, LIVE_BY_ROW };

/* A part of all that is counted. 0 and -1: not narrowed down. */
struct live_focus {
	enum live_level level; /* what the lines are */
	uint64_t vm;	       /* struct kvm *, or the process where that is not known */
	uint32_t tid;
	int row;	       /* -1 */
	uint32_t detail_kinds; /* bits by enum live_detail_kind, for LIVE_BY_DETAIL; 0: all */
	const char *filter;    /* NULL: none; lines whose name holds it */
};

struct live_line {
	uint64_t vm;
	uint32_t tgid, tid, isa;
	int32_t vcpu_id;
	int row;
	char comm[16];
	struct text name;
	uint64_t cnt, ns, guest_ns;   /* since the last look */
	uint64_t total, total_ns, total_guest_ns; /* since the beginning */
	uint64_t buckets[LIVE_BUCKET_CNT];	  /* since the last look */
	uint64_t total_buckets[LIVE_BUCKET_CNT];
};

enum live_sort { LIVE_SORT_CNT, LIVE_SORT_NS, LIVE_SORT_P99, LIVE_SORT_NAME, LIVE_SORTS };

struct live_table {
	struct live_line *lines;
	size_t cnt, capacity;
	uint64_t sum_cnt, sum_ns, sum_guest_ns; /* of all that the focus holds, filtered or not */
	double seconds;				/* between the two looks */
};

/* Two looks at slot_cnt slots: `now` and `before` are copies; lines are sorted. False: no memory. */
bool live_table_fill(struct live_table *table, const struct live_slot *now,
		     const struct live_slot *before, uint32_t slot_cnt, const struct live_focus *focus,
		     enum live_sort sort);
/* Adds a line for a detail, to a table by detail; sort when all are there. */
bool live_table_add_detail(struct live_table *table, const struct live_seen_detail *seen);
void live_table_sort(struct live_table *table, enum live_sort sort);
void live_table_release(struct live_table *table);

/* The latency below which so many per cent lie, as the upper end of its bucket; 0: there is none. */
uint64_t live_percentile(const uint64_t *buckets, unsigned int percent);
/* The upper end of a bucket, in ns. */
uint64_t live_bucket_end(unsigned int bucket);
unsigned int live_bucket_of(uint64_t ns);

/* Whether the slot is of the VM and the thread that the focus is on. */
bool live_slot_is_in_focus(const struct live_slot *slot, const struct live_focus *focus);

/* What tells what exits of this row were about: bits by enum live_detail_kind; 0: nothing does. */
uint32_t live_row_details(uint32_t isa, int row);

/* The exit reason that a row counts; false: it counts several. */
bool live_row_reason(int row, uint32_t *reason);

#endif
