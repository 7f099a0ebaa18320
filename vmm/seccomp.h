/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The sandbox: a guest that takes vmm over shall find little to do with it. */
#ifndef VMM_SECCOMP_H
#define VMM_SECCOMP_H

enum sandbox {
	SANDBOX_ON,  /* a system call that is not in syscalls.def ends vmm, with a message */
	SANDBOX_LOG, /* it is done, and told to the kernel's audit log */
	SANDBOX_OFF,
};

/*
 * Once everything is open and every thread is there: closes inherited descriptors, gives up the
 * way to privileges, and binds all threads to syscalls.def, for good. Returns 0, or -errno after
 * a message.
 */
int sandbox_enter(enum sandbox sandbox);

#endif
