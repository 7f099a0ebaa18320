/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* How threads are made. */
#ifndef VMM_THREAD_H
#define VMM_THREAD_H

#include <pthread.h>

/* pthread_create() with a stack that is large enough for us. Returns 0 or an error's number. */
int thread_start(pthread_t *thread, void *(*run)(void *arg), void *arg);

#endif
