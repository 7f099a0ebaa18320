/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Exits counted by a key, with what they cost; memory is bounded however many keys there are. */
#ifndef KVMTREE_EXIT_TABLE_H
#define KVMTREE_EXIT_TABLE_H

#include "trace-viewer/exit_key.h"
#include "trace-viewer/hist.h"

/* Rows that all tables of a program may have together: some 40 MiB, when each is well filled. */
#define EXIT_ROWS_MAX 4096u

struct exit_row {
	struct exit_key key;
	uint64_t cnt;
	uint64_t user_cnt; /* of them went up to user space */
	uint64_t open_cnt; /* of them had no next entry: their times are lower bounds */
	uint64_t guest_ns; /* that the guest ran before them */
	uint64_t kernel_ns, user_ns;
	uint64_t off_cpu_ns, off_user_ns; /* of kernel_ns and user_ns; of user_ns alone */
	struct hist costs;   /* from exit to entry, of those that are not open */
	struct exit_row *next;
};

struct exit_table {
	enum exit_by by;
	struct exit_row **slots;
	uint32_t slot_cnt, row_cnt;
	struct exit_row beyond; /* what found no row */
	struct exit_row sum;
	uint64_t first_ns, last_ns; /* from the begin of the first exit to the end of the last */
};

/* A table of zeroes and a kind is empty. */
void exit_table_release(struct exit_table *table);

void exit_table_add(struct exit_table *table, const struct exit_fact *fact);
void exit_table_merge(struct exit_table *into, const struct exit_table *from);

enum exit_sort { SORT_TIME, SORT_COUNT, SORT_P99, SORT_MAX, SORT_KEY };
#define EXIT_SORT_CHOICES "time|count|p99|max|key"
/* The order of this name, one of EXIT_SORT_CHOICES. */
enum exit_sort exit_sort_by_name(const char *name);

/*
 * The rows of a table in an order that is the same for the same exits; the caller frees the list, not
 * the rows. Returns their number, 0 also without memory.
 */
uint32_t exit_table_sort(const struct exit_table *table, enum exit_sort sort,
			 const struct exit_row ***rows);

/* Adds up rows, whatever their keys. */
void exit_row_merge(struct exit_row *into, const struct exit_row *from);
void exit_row_release(struct exit_row *row);
/* From exit to entry, all of them. */
uint64_t exit_row_ns(const struct exit_row *row);

#endif
