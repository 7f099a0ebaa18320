/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The lines about a recording and its VMs that every view begins and ends with. */
#ifndef KVMTREE_SUMMARY_H
#define KVMTREE_SUMMARY_H

#include "trace-viewer/model.h"
#include "trace-viewer/output.h"

/* "AMD SVM" */
const char *summary_vendor(const struct model *model);
/* "vmm hello    AMD SVM, Linux 6.1.0, 1 VM, 1 vCPU, 9 exits, 0 lost, coverage 100 %" */
void summary_print_head(const struct output *out, const struct model *model);
/* "VM 1  vmm, process 812, 1 vCPU, 9 exits, coverage 100 %" */
void summary_print_vm(const struct output *out, const struct vm *vm);
/* "■ VM 1 ends: destroyed; its process ended with status 0": the last line of a VM's tree. */
void summary_print_end(const struct output *out, const struct vm *vm);
/* What is missing, and how the file ended; nothing when all is well. */
void summary_print_notes(const struct output *out, const struct model *model);

#endif
