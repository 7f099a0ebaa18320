/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The kernel's types, as far as the eBPF programs read them. CO-RE finds each field by
 * name in the BTF of the running kernel and its modules, so only names and types count.
 */
#ifndef KVMTREE_KERNEL_H
#define KVMTREE_KERNEL_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <asm/ptrace.h>
#include <stdbool.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#define CORE __attribute__((preserve_access_index))

struct kvm_vcpu_stat {
	u64 exits;
	u64 guest_mode; /* the guest runs a guest of its own */
} CORE;

struct kvm_vcpu_arch {
	unsigned long regs[17];
} CORE;

#define VCPU_REGS_RAX 0  /* enum kvm_reg, arch/x86/include/asm/kvm_host.h */
#define VCPU_REGS_RIP 16

/* Since 7.2 RIP has a field of its own. */
struct kvm_vcpu_arch___rip {
	unsigned long rip;
} CORE;

struct kvm_run; /* <linux/kvm.h> has it: user space sees the same page */

struct kvm_vcpu {
	struct kvm *kvm;
	struct kvm_run *run;
	int vcpu_id;
	struct kvm_vcpu_stat stat;
	struct kvm_vcpu_arch arch;
} CORE;

struct kvm_vmcb_info {
	void *ptr;
} CORE;

/* It begins with its kvm_vcpu. */
struct vcpu_svm {
	struct vmcb *vmcb;	     /* the one in use */
	struct kvm_vmcb_info vmcb01; /* that of the guest itself, not of its guests */
} CORE;

typedef struct {
	int counter;
} CORE atomic_t;

struct refcount_struct {
	atomic_t refs;
} CORE;

struct kvm {
	struct refcount_struct users_count;
} CORE;

struct super_block {
	u32 s_dev;
} CORE;

struct inode {
	unsigned long i_ino;
	struct super_block *i_sb;
} CORE;

struct qstr {
	const unsigned char *name;
} CORE;

struct dentry {
	struct qstr d_name;
} CORE;

struct path {
	struct dentry *dentry;
} CORE;

struct file {
	void *private_data;
	struct inode *f_inode;
	struct path f_path;
} CORE;

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
} CORE;

struct files_struct {
	struct fdtable *fdt;
} CORE;

struct linux_binprm {
	struct file *file;
} CORE;

struct xol_area {
	unsigned long vaddr; /* where uprobes have the code that return probes return to */
} CORE;

struct uprobes_state {
	struct xol_area *xol_area;
} CORE;

struct mm_struct {
	struct uprobes_state uprobes_state;
} CORE;

struct task_struct {
	struct mm_struct *mm;
	int pid;
	int tgid;
	int exit_code;
	struct files_struct *files;
	unsigned int __state;
	char comm[16];
} CORE;

#endif
