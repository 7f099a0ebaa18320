/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns how threads are made. */
#include "vmm/thread.h"

/*
 * By default it would be 8 MiB, of which the kernel may back the first touch with a huge page: 2 MiB
 * for each vCPU, to hold a few calls.
 */
#define STACK_SIZE (256u << 10)

int thread_start(pthread_t *thread, void *(*run)(void *arg), void *arg)
{
	pthread_attr_t attr;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	err = pthread_create(thread, &attr, run, arg);
	pthread_attr_destroy(&attr);
	return err;
}
