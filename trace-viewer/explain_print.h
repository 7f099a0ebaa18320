/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Prints rows of the knowledge base. */
#ifndef KVMTREE_EXPLAIN_PRINT_H
#define KVMTREE_EXPLAIN_PRINT_H

#include "trace-viewer/kb.h"
#include "trace-viewer/output.h"

/* KB_GROUP_CNT: no group has that word. */
enum kb_group explain_group(const char *word);

/* "VMX exit reason 48 (0x30)" */
void explain_add_kind(struct text *t, const struct kb_entry *entry);
/* Sources in full: "SDM 3: ..." is short for Intel's manual, volume 3. */
void explain_add_source(struct text *t, const char *source);

/* All that is known of one row. */
void explain_print(const struct output *out, const struct kb_entry *entry);
/* A list: how wide its columns are, which is told of all its rows before the first is printed. */
struct explain_columns {
	size_t name, number;
};
void explain_measure(struct explain_columns *columns, const struct kb_entry *entry);
void explain_print_row(const struct output *out, const struct explain_columns *columns,
		       const struct kb_entry *entry);
/* Which groups there are, and how to ask. */
void explain_print_groups(const struct output *out);

#endif
