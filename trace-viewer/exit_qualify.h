/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the processor itself says of an exit beside its reason: the exit qualification of VMX (SDM
 * volume 3, 28.2.1) and EXITINFO1 and EXITINFO2 of SVM (APM volume 2, chapter 15 and appendix C).
 */
#ifndef KVMTREE_EXIT_QUALIFY_H
#define KVMTREE_EXIT_QUALIFY_H

#include "trace-viewer/node.h"
#include "trace-viewer/text.h"

/* "write cr0 from rax", "#PF at 0xdead000, error 0x6": nothing when nothing is said. */
void exit_qualify(struct text *t, const struct node_exit *e);

/* ", while delivering interrupt 32": the exit came before the guest had an event that was on its way. */
void exit_add_delivering(struct text *t, const struct node_exit *e);

/* Was it an NMI? */
bool exit_delivers_nmi(const struct node_exit *e);

/* " write, not present": the error code of a nested page fault. */
void exit_add_fault_access(struct text *t, uint64_t error);

/* A number that is equal for exits of one reason whose qualification a reader would call the same. */
uint64_t exit_qualify_key(const struct node_exit *e);

#endif
