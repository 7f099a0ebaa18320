/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* KVM's ioctls where no function can be traced: by the system call, of every process. */
#ifndef KVMTREE_IOCTL_SYSCALL_BPF_H
#define KVMTREE_IOCTL_SYSCALL_BPF_H

#include "bpf/ioctl.bpf.h"
#include "bpf/tracepoint.bpf.h"

/* common_type to __syscall_nr come first: the event's `format` has been so since 2009. */
struct sys_enter_event {
	u64 common, nr, args[6];
};

struct sys_exit_event {
	u64 common, nr;
	s64 result;
};

/* KVM names the descriptors of its VMs "kvm-vm", and those of its vCPUs "kvm-vcpu:0". */
static __always_inline u32 func_of(struct file *file)
{
	char name[8] = "";

	bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(file, f_path.dentry, d_name.name));
	if (name[0] != 'k' || name[1] != 'v' || name[2] != 'm' || name[3] != '-')
		return IOCTL_FUNC_DEV;
	return name[4] == 'v' && name[5] == 'm' ? IOCTL_FUNC_VM :
	       name[4] == 'v' && name[5] == 'c' ? IOCTL_FUNC_VCPU :
						  IOCTL_FUNC_DEV;
}

SEC("tracepoint/syscalls/sys_enter_ioctl")
int on_sys_enter_ioctl(struct sys_enter_event *event)
{
	u32 cmd = event->args[1];
	struct file *file;

	if (_IOC_TYPE(cmd) != KVM_IOC_TYPE)
		return TP_PASS_ON;
	file = file_of(event->args[0]);
	if (file)
		call_begin(func_of(file), file, cmd, event->args[2]);
	return TP_PASS_ON;
}

SEC("tracepoint/syscalls/sys_exit_ioctl")
int on_sys_exit_ioctl(struct sys_exit_event *event)
{
	call_end(event->result);
	return TP_PASS_ON;
}

#endif
