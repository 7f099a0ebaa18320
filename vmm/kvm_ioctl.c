/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the calls of ioctl() that go to KVM, all but KVM_RUN. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "vmm/complain.h"
#include "vmm/kvm_ioctl.h"

int kvm_ioctl_quiet(int fd, unsigned long request, unsigned long arg)
{
	int ret = ioctl(fd, request, arg);

	return ret < 0 ? -errno : ret;
}

static const char *what_to_do(int err)
{
	switch (err) {
	case -ENOMEM:
		return "free some memory, or ask for less with --mem";
	case -EEXIST:
		return "two parts of the machine claim the same place";
	case -EBUSY:
		return "another hypervisor may hold the processor's virtualization";
	case -EINTR:
		return "a signal came in between; try again";
	default:
		return "the kernel's log (dmesg) may say more";
	}
}

int kvm_ioctl(int fd, unsigned long request, const char *name, unsigned long arg)
{
	int ret = kvm_ioctl_quiet(fd, request, arg);

	if (ret < 0)
		complain("%s: %s; %s", name, strerror(-ret), what_to_do(ret));
	return ret;
}
