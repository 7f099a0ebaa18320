/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* VMMs that run already: found by the descriptors that they hold. */
#ifndef KVMTREE_RUNNING_VMM_H
#define KVMTREE_RUNNING_VMM_H

#include <stdint.h>
#include <sys/types.h>
#include <linux/types.h>

#include "bpf/records.h"

#define VMM_NAME_MAX 64
#define VMM_FDS_MAX  16

struct running_vmm {
	pid_t pid;
	char comm[REC_COMM_MAX];
	char name[VMM_NAME_MAX]; /* what its command line calls the guest (QEMU's -name), or "" */
	unsigned int vm_cnt, vcpu_cnt;
	int vm_fds[VMM_FDS_MAX]; /* the descriptors of its first VMs */
};

/* Looks what KVM descriptors a process holds. Returns 0, or -errno: -ESRCH when it is not there. */
int running_vmm_read(struct running_vmm *vmm, pid_t pid);

/* The names alone, of any process. Returns 0, or -ESRCH when it is not there. */
int running_vmm_names(struct running_vmm *vmm, pid_t pid);

/* The process that a thread is of, or -ESRCH. */
pid_t running_process_of(pid_t tid);

/*
 * May we trace this process? 0; -EPERM: the kernel would not let us ptrace it; -ESRCH: it is gone. The
 * kernel is asked for its memory, to which it gives the same answer as to ptrace.
 */
int running_vmm_may_trace(pid_t pid);

/* Calls fn for each process that has a VM, until it returns other than 0, which is returned. */
typedef int running_vmm_fn(void *context, const struct running_vmm *vmm);
int running_vmms_each(running_vmm_fn *fn, void *context);

/* The same for the threads of a process. */
typedef int running_thread_fn(void *context, pid_t tid);
int running_threads_each(pid_t pid, running_thread_fn *fn, void *context);

/* Its command line as an array that ends with NULL, for the caller to free in one; NULL: none. */
char **running_vmm_command(pid_t pid);

#endif
