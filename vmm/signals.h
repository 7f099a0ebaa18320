/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Signals: the user's that end us, and two of our own between threads. */
#ifndef VMM_SIGNALS_H
#define VMM_SIGNALS_H

#include <linux/kvm.h>
#include <signal.h>
#include <stdbool.h>

/* Calls a vCPU out of the guest; the seed and QEMU name it SIG_IPI, it is SIGUSR1 there too. */
#define SIGNAL_KICK SIGUSR1

/*
 * Before any thread is made: blocks what signals_wait() waits for, and makes a reader of our output
 * that is gone an error of write().
 */
void signals_init(void);

/* On a vCPU's thread: from now on SIGNAL_KICK makes KVM_RUN on run return -EINTR. */
void signals_take_kicks(struct kvm_run *run);

/* From any thread: makes signals_wait() return 0, at least once. */
void signals_notify(void);

/*
 * Waits for a notice, then returns 0, or for a signal that is to end us: its number. With briefly
 * it waits a tenth of a second at most.
 */
int signals_wait(bool briefly);

#endif
