/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What kb.c has of names. */
#ifndef KVMTREE_KB_NAMES_H
#define KVMTREE_KB_NAMES_H

#include "trace-viewer/kb.h"

/* As <asm/svm.h> calls an exit code, or NULL. */
const char *kb_svm_macro(uint32_t code);

/* Row i of ports, MSRs or leaves of CPUID, whichever entry->group says; false: there is no such row. */
bool kb_range_entry(struct kb_entry *entry, size_t i);

#endif
