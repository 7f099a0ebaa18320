/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the reason and the information words of a VM exit say, for VMX and SVM. */
#ifndef KVMTREE_EXIT_DECODE_H
#define KVMTREE_EXIT_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "trace-viewer/kb.h"
#include "trace-viewer/node.h"
#include "trace-viewer/text.h"

/* Port I/O, from the exit qualification (SDM 28.2.1) or EXITINFO1 (APM 15.10.2). */
struct exit_io {
	uint32_t port, size;
	bool is_in, is_string, is_repeated;
};

/* Is it an I/O exit? Fills io if so. */
bool exit_io(uint32_t isa, uint32_t reason, uint64_t info1, struct exit_io *io);

/* Is it a violation of the nested page tables? */
bool exit_is_nested_fault(uint32_t isa, uint32_t reason);

/* Is it an interrupt of the host, which has nothing to do with what the guest does? */
bool exit_is_interrupt(uint32_t isa, uint32_t reason);

/*
 * A number that is equal for exits that a reader would call the same: it has reason,
 * port, direction, MSR, leaf, MMIO address, but neither values nor times.
 */
uint64_t exit_key(const struct node_exit *e);

/* "io", "npf", "EPT_VIOLATION", "UNKNOWN(0x4d2, isa 1)"; flags of a VMX reason are appended. */
void exit_add_name(struct text *t, uint32_t isa, uint32_t reason);

/* What the knowledge base says of a reason; NULL: it does not know it. */
const struct kb_exit *exit_kb(uint32_t isa, uint32_t reason);

/* What it means, in a sentence for the column; never NULL, valid until the next call. */
const char *exit_meaning(const struct node_exit *e);
/* Equal for exits that mean the same. */
uint64_t exit_meaning_key(const struct node_exit *e);

#endif
