/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Budgets of exits, and whether a recording keeps them. */
#ifndef KVMTREE_CHECK_H
#define KVMTREE_CHECK_H

#include "trace-viewer/compare.h"
#include "trace-viewer/options.h"

struct check_options {
	struct option_list max, p50, p99; /* "KEY=N", "KEY<TIME" */
	const char *max_total;
	const char *baseline, *tolerance; /* a file; "10%" */
	long slack;			  /* exits that a row may have more than baseline and tolerance */
	long vm;			  /* 0: all */
	bool has_loss;			  /* lost records break nothing */
};

enum budget_kind { BUDGET_COUNT, BUDGET_TOTAL, BUDGET_PERCENTILE, BUDGET_BASELINE, BUDGET_WHOLE };

struct budget {
	enum budget_kind kind;
	char *name;		       /* what it is about: "io:0x3f8", "p99 of HLT", "total" */
	struct exit_selector selector; /* COUNT, PERCENTILE */
	unsigned int percent;	       /* PERCENTILE */
	uint64_t limit, found;	       /* exits; PERCENTILE: ns; WHOLE: records or places */
	bool is_broken;
};

struct check {
	struct check_options options;
	struct budget *budgets;
	uint32_t budget_cnt, broken_cnt;
	double tolerance; /* 0.1 for 10% */
	bool is_wanted[BY_CNT];
	struct exit_table tables[BY_CNT]; /* those that are wanted; by concept for a baseline */
};

/* Room for a sentence that says what is wrong. */
#define CHECK_WHY_MAX 300

/* Takes the budgets from the options. 0; -EINVAL: why says which is none, and why. */
int check_init(struct check *check, const struct check_options *options, char *why);
void check_release(struct check *check);

/* A new budget, kept by check; NULL: no memory. */
struct budget *check_budget(struct check *check, enum budget_kind kind, const char *name);

/* Give this to whoever reads the recording. */
struct observer check_observer(struct check *check);
/* Adds a budget for each concept that the recording, which is read, has. 0, or -ENOMEM. */
int check_baseline(struct check *check, const struct compare_file *baseline);
/* Judges all, when the recording is read. 0, or -ENOMEM. */
int check_judge(struct check *check, const struct model *model);

/* "312 over (6.2 %)" of a broken budget; "no such exits" where there are none; else nothing. */
void budget_add_remark(struct text *t, const struct budget *budget, bool ascii);
/* A limit or what was found: "5,000", "1.00 ms". */
void budget_add_number(struct text *t, const struct budget *budget, uint64_t number, bool ascii);

#endif
