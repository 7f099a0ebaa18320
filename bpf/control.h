/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the recorder and the eBPF programs share besides records: map values and marks. */
#ifndef KVMTREE_CONTROL_H
#define KVMTREE_CONTROL_H

#include <linux/types.h>

/* The first rows of the function table: through which function an ioctl came. */
#define KVMTREE_IOCTL_FUNCS(F) F(kvm_dev_ioctl) F(kvm_vm_ioctl) F(kvm_vcpu_ioctl)

enum ioctl_func {
	IOCTL_FUNC_DEV,
	IOCTL_FUNC_VM,
	IOCTL_FUNC_VCPU,
	IOCTL_FUNC_CNT,
};

#define KVM_RUN_CMD 0xae80 /* KVM_RUN, <linux/kvm.h> */
#define KVM_IOC_TYPE 0xae /* KVMIO */
#define SIGSTOP_NR  19

#define TRACED_MAX 65536
#define SEEN_MAX   4096
#define STOPPED_MAX 1024
#define CALLS_MAX   16384
#define VMS_MAX	   1024
#define LOOPS_MAX   4096

/* How a process is traced: the values of the map `traced`. */
enum traced_how {
	TRACED_YES = 1,
	TRACED_REFUSED = 2, /* its children and programs are followed, its use of KVM is not recorded */
};

/* Which vCPUs are recorded, a bit for each id: KVM has no more than 4096. */
#define VCPU_IDS   4096
#define VCPU_WORDS (VCPU_IDS / 64)

/* An ioctl that is under way. */
struct ioctl_call {
	__u64 arg;
	__u32 cmd;
	__u32 func; /* enum ioctl_func */
};

/* What one CPU could not write: since the last record, in all, and how many exits were among it. */
struct cpu_loss {
	__u64 untold;
	__u64 total;
	__u64 exits;
};

/* A program file that has been looked through: its processes need not stop for it. */
struct seen_file {
	__u64 ino;
	__u64 dev; /* as the kernel has it: major << 20 | minor */
};

/*
 * The programs for kernel functions are loaded once per function: fentry knows its function
 * at load time, and a number in the code is to be had on every kernel. In each copy the recorder puts the function's id where this stands.
 */
#define FUNC_ID_MARK 0x6b766d66

#endif
