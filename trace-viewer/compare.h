/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The exit mixes of several recordings side by side, in units that compare. */
#ifndef KVMTREE_COMPARE_H
#define KVMTREE_COMPARE_H

#include "trace-viewer/exit_selector.h"
#include "trace-viewer/exit_table.h"
#include "trace-viewer/model.h"

#define COMPARE_FILES_MAX 16u

/* What counts are divided by. */
enum compare_unit {
	PER_SECOND,    /* that the guests ran, all vCPUs together */
	PER_EXIT,      /* 1,000 exits */
	PER_KEY,       /* exits that a selector names: a unit of the guest's work */
	PER_RECORDING, /* the whole, of guests that did the same work */
};

struct compare_options {
	enum exit_by by;
	enum compare_unit unit;
	struct exit_selector key; /* PER_KEY, and what was parsed for it */
	const char *key_text;
	long vm;		  /* 0: all */
};

struct compare_name {
	char *name;
	uint64_t cnt;
};

/* A recording: while it is read a table, then what is left to compare. */
struct compare_file {
	const struct compare_options *options;
	struct exit_table table;
	uint64_t key_cnt; /* exits that the selector names */
	struct compare_name *names;
	uint32_t name_cnt;
	uint64_t exit_cnt, guest_ns;
	double units; /* 0: the recording has none */
};

/* A row that all files share, by its name. */
struct compare_row {
	char *name;
	uint64_t cnt[COMPARE_FILES_MAX];
	double rate[COMPARE_FILES_MAX];	    /* a unit; of PER_EXIT: of 1,000 */
	bool is_noise[COMPARE_FILES_MAX];   /* can it be told from the first file's rate? */
	double difference;		    /* sum of the differences from the first file, without signs */
};

struct comparison {
	struct compare_row *rows; /* what explains most first, noise last */
	uint32_t row_cnt, file_cnt;
	double difference; /* of all rows */
};

/* Give this to whoever reads the recording. */
struct observer compare_observer(struct compare_file *file);
/* Call when it is read, and its reader lives: only names and counts are kept. 0, or -ENOMEM. */
int compare_file_finish(struct compare_file *file);
void compare_file_release(struct compare_file *file);

/* Returns 0, or -ENOMEM. */
int compare(struct comparison *c, const struct compare_file *files, uint32_t file_cnt);
void comparison_release(struct comparison *c);

/*
 * Could two counts, each of a Poisson process watched for so many units, come of one rate? Their
 * square roots are near normal with one variance whatever the rate (F. J. Anscombe, "The transformation
 * of Poisson, binomial and negative-binomial data", Biometrika 35, 1948), so their difference is a z
 * (M. D. Huffman, "An improved approximate two-sample Poisson test", Applied Statistics 33, 1984).
 * True when |z| < 3: of equal rates one pair in 370 is said to differ.
 */
bool compare_is_noise(uint64_t a_cnt, double a_units, uint64_t b_cnt, double b_units);

#endif
