/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The guest's instruction that exited. */
#ifndef KVMTREE_INSTRUCTION_H
#define KVMTREE_INSTRUCTION_H

#include <stdbool.h>

#include "trace-viewer/node.h"
#include "trace-viewer/text.h"

/*
 * "out %al, %dx": the instruction at the exit's RIP, in the code of the symbols in use. Adds nothing
 * where the bytes are not known, are none, or are not what exits so: other code ran then.
 */
void instruction_add(struct text *t, const struct node_exit *e, const char *before);

/* Can this program take instructions apart? */
bool instruction_is_possible(void);

/* 16, 32 or 64, whatever the file of the symbols says; 0: as that says. */
void instruction_set_bits(unsigned int bits);

#endif
