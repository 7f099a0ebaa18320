/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What an exit was about, in a line beside its reason. */
#ifndef KVMTREE_EXIT_DETAIL_H
#define KVMTREE_EXIT_DETAIL_H

#include "trace-viewer/node.h"
#include "trace-viewer/text.h"

/* "out 0x3f8 ← 'H' (1 byte)", "gpa 0x1000 fetch, not present": nothing when there is nothing. */
void exit_add_detail(struct text *t, const struct node_exit *e, bool ascii);

/* The same for a detail whose exit was not seen. */
void detail_add(struct text *t, const struct exit_detail *d, bool ascii);

#endif
