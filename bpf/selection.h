/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Which VMMs are recorded: those whose name was asked for, and that the user may trace. The kernel side
 * chooses vCPUs by itself (choice.bpf.h), but it knows no names: a process that is met for the first time is
 * recorded until it has been judged here, and what it did meanwhile is left out if it is refused.
 */
#ifndef KVMTREE_SELECTION_H
#define KVMTREE_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/control.h"
#include "bpf/running_vmm.h"
#include "trace-viewer/record_codec.h"

/* What was asked for. */
struct selection_wish {
	const char *vm;		/* a name, or PID-FD; NULL: every VM */
	pid_t vm_pid;		/* of PID-FD: a process or one of its threads; else 0 */
	int vm_fd;
	const char *vcpus_text; /* "0,2-3"; NULL: every vCPU */
	uint64_t vcpus[VCPU_WORDS];
};

/* "0,2-3" into a bit for each; false: that is no list of vCPUs. */
bool selection_parse_vcpus(const char *text, uint64_t vcpus[VCPU_WORDS]);
/* "123-14", as the folders in /sys/kernel/debug/kvm are called; false: it is a name. */
bool selection_parse_vm(const char *text, pid_t *pid, int *fd);

/*
 * Is the VMM called so: its guest's name, its command's name (of which the kernel keeps 15 characters), or
 * one of its VMs as PID-FD?
 */
bool selection_is_named(const struct selection_wish *wish, const struct running_vmm *vmm);

struct selection;

/* NULL: no memory. The wish outlives it. may_trace_all: nobody needs to be asked about. */
struct selection *selection_new(const struct selection_wish *wish, bool may_trace_all);
void selection_free(struct selection *selection);

/* This VMM was chosen already. */
void selection_add(struct selection *selection, const struct running_vmm *vmm);

enum verdict { VERDICT_UNKNOWN, VERDICT_TAKE, VERDICT_REFUSE };

/* Is this record to be written? Never VERDICT_UNKNOWN. */
enum verdict selection_judge(struct selection *selection, const union record *rec);

#endif
