/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns which thread takes which signal. */
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include "vmm/signals.h"

#define SIGNAL_NOTICE SIGUSR2

static __thread struct kvm_run *kicked_run;

/*
 * A signal that arrives between the last look at the stop flag and the ioctl would be lost if
 * it only interrupted: with immediate_exit set, KVM_RUN returns at once. api.rst, section 5.
 */
static void take_kick(int sig)
{
	(void)sig;
	if (kicked_run)
		__atomic_store_n(&kicked_run->immediate_exit, 1, __ATOMIC_RELAXED);
}

/*
 * What the main thread waits for. A signal that our parent made us ignore (nohup, a shell's
 * background job) is left out: waited for, it would be taken all the same.
 */
static sigset_t main_thread_set(void)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGNAL_NOTICE);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++) {
		struct sigaction now;

		if (!sigaction(ending[i], NULL, &now) && now.sa_handler != SIG_IGN)
			sigaddset(&set, ending[i]);
	}
	return set;
}

void signals_init(void)
{
	struct sigaction kick = {.sa_handler = take_kick}, ignore = {.sa_handler = SIG_IGN};
	sigset_t set = main_thread_set();

	sigaction(SIGNAL_KICK, &kick, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaddset(&set, SIGNAL_KICK);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void signals_take_kicks(struct kvm_run *run)
{
	sigset_t set;

	kicked_run = run;
	sigemptyset(&set);
	sigaddset(&set, SIGNAL_KICK);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void signals_notify(void)
{
	/* Blocked in every thread, so it stays with the process until sigwait() takes it. */
	kill(getpid(), SIGNAL_NOTICE);
}

int signals_wait(bool briefly)
{
	const struct timespec tenth = {.tv_nsec = 100000000};
	sigset_t set = main_thread_set();
	int sig = sigtimedwait(&set, NULL, briefly ? &tenth : NULL);

	return sig < 0 || sig == SIGNAL_NOTICE ? 0 : sig;
}
