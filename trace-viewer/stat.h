/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The exit mix of each VM, gathered while a recording is read. */
#ifndef KVMTREE_STAT_H
#define KVMTREE_STAT_H

#include "trace-viewer/exit_table.h"
#include "trace-viewer/model.h"

/* Zeroes, and vcpu -1, are the defaults. */
struct stat_options {
	long vm;   /* 0: all */
	long vcpu; /* -1: all */
	const char *by, *sort; /* NULL, or one of EXIT_BY_CHOICES, EXIT_SORT_CHOICES */
	long top;	       /* rows of a table; 0: all */
	bool has_histogram, has_create;
};

/* An ioctl, or a function below it, by the path that leads there. */
struct stat_step {
	struct stat_step *parent, *first, *last, *next;
	uint32_t depth;
	const struct func_row *func; /* NULL: an ioctl */
	uint32_t cmd;
	struct hist times;
	uint64_t below_ns; /* of its time, in steps below it */
};

#define STAT_STEPS_MAX 1024u

/* Why, and by whom, vCPUs' threads were off their CPU: both are in `sum.worst`. */
struct stat_off_cpu {
	struct off_cpu_sum sum;
	uint64_t runnable_ns; /* of it, when only a CPU was missing */
};

#define STAT_OFF_CPU_MAX 24u

struct exit_stat {
	struct stat_options options;
	enum exit_by by;
	enum exit_sort sort;
	struct exit_table *vms[MODEL_VMS_MAX + 1]; /* by number; NULL: no exits */
	uint32_t vm_end;			   /* none is at vm_end or beyond */
	struct stat_step create; /* holds the steps of all ioctls but KVM_RUN */
	uint32_t step_cnt;
	uint64_t step_beyond_cnt; /* that found no room */
	struct stat_off_cpu off_cpu[STAT_OFF_CPU_MAX];
	uint32_t off_cpu_cnt;
	struct off_cpu_sum off_cpu_beyond;
};

/* NULL: no memory. */
struct exit_stat *exit_stat_new(const struct stat_options *options);
void exit_stat_free(struct exit_stat *stat);

/* Give this to whoever reads the recording. */
struct observer exit_stat_observer(struct exit_stat *stat);

/* Part of the observer; the rows are sorted when they are printed. */
void stat_off_cpu_add(void *owner, const struct off_cpu_fact *fact);

/* Takes note of a frame that closed; part of the observer, where the create path is wanted. */
void stat_create_close(void *owner, const struct frame_fact *fact);
void stat_create_release(struct exit_stat *stat);

#endif
