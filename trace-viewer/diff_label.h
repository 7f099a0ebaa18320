/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a frame of a flow is called, and the label that it shares with its like elsewhere. */
#ifndef KVMTREE_DIFF_LABEL_H
#define KVMTREE_DIFF_LABEL_H

#include "trace-viewer/diff_flow.h"

uint64_t label_mix(uint64_t label, uint64_t value);
uint64_t label_of_kind(enum flow_kind kind);

/* Is it of no interest to a flow, with all below it: the guest's own time, interrupts of the host? */
bool label_is_left_out(const struct node *node);
/* Is it a process's first thread? */
bool label_is_main_thread(const struct node *node);
/* Is it a function of the VMM? */
bool label_is_vmm(const struct node *node);

/* Fills kind, label, name, layer, meaning, outcome and count. false: no memory. */
bool label_flow(struct flow *flow, const struct node *node);
bool label_vm(struct flow *flow, const struct vm *vm);

#endif
