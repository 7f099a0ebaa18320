/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The one door to KVM: an ioctl that says which request failed, and why. */
#ifndef VMM_KVM_IOCTL_H
#define VMM_KVM_IOCTL_H

#include <linux/kvm.h>

/*
 * Issues request on fd with arg, a pointer or an unsigned long. Returns what the kernel
 * returned, >= 0, or -errno after a message that names the request.
 * Requests: Documentation/virt/kvm/api.rst, section 4.
 */
#define KVM_IOCTL(fd, request, arg) kvm_ioctl(fd, request, #request, (unsigned long)(arg))

int kvm_ioctl(int fd, unsigned long request, const char *name, unsigned long arg);

/* The same for who expects failure: says nothing. */
int kvm_ioctl_quiet(int fd, unsigned long request, unsigned long arg);

#endif
