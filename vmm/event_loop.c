/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the one thread besides the vCPUs': it sleeps in epoll and calls devices' handlers. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "vmm/complain.h"
#include "vmm/event_loop.h"
#include "vmm/thread.h"

struct watch {
	struct watch *next;
	int fd;
	event_fn *fn; /* NULL: removed, to be freed when no handler can be about to run it */
	void *owner;
};

struct event_loop {
	int epoll_fd, end_fd;
	pthread_t thread;
	pthread_barrier_t begun;
	pthread_mutex_t calling; /* held while a handler runs; recursive, as a handler may remove */
	struct watch *watches;	 /* only ever grows, at its head: atomic for who does not lock */
	bool ending;
};

/* One event at a time: whoever removes a watch need only wait for the handler now running. */
static void *loop_thread(void *arg)
{
	struct event_loop *loop = arg;

	pthread_barrier_wait(&loop->begun);
	for (;;) {
		struct epoll_event event;
		int n = epoll_wait(loop->epoll_fd, &event, 1, -1);

		if (n < 0 && errno != EINTR) {
			complain("epoll_wait: %s; devices no longer hear from outside",
				 strerror(errno));
			return NULL;
		}
		if (n <= 0)
			continue;
		pthread_mutex_lock(&loop->calling);
		if (loop->ending) {
			pthread_mutex_unlock(&loop->calling);
			return NULL;
		}
		struct watch *watch = event.data.ptr;

		if (watch->fn)
			watch->fn(watch->owner);
		pthread_mutex_unlock(&loop->calling);
	}
}

/*
 * Returns when the thread runs: the C library's own calls at a thread's begin (set_robust_list,
 * rseq) are not among those that the sandbox lets through, and it may come at any time from now on.
 */
static int start_thread(struct event_loop *loop)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	sigdelset(&all, SIGSYS); /* its own fault: seccomp.c */
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = thread_start(&loop->thread, loop_thread, loop);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!err)
		pthread_barrier_wait(&loop->begun);
	return -err;
}

static void nothing(void *owner)
{
	(void)owner;
}

static int open_descriptors(struct event_loop *loop)
{
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	loop->end_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->epoll_fd < 0 || loop->end_fd < 0)
		return -errno;
	return event_loop_add(loop, loop->end_fd, nothing, NULL);
}

static void release(struct event_loop *loop)
{
	while (loop->watches) {
		struct watch *watch = loop->watches;

		loop->watches = watch->next;
		free(watch);
	}
	if (loop->epoll_fd >= 0)
		close(loop->epoll_fd);
	if (loop->end_fd >= 0)
		close(loop->end_fd);
	pthread_barrier_destroy(&loop->begun);
	pthread_mutex_destroy(&loop->calling);
	free(loop);
}

struct event_loop *event_loop_new(void)
{
	struct event_loop *loop = calloc(1, sizeof(*loop));
	pthread_mutexattr_t recursive;
	int err;

	if (!loop) {
		complain("event loop: out of memory; free some");
		return NULL;
	}
	pthread_barrier_init(&loop->begun, NULL, 2);
	pthread_mutexattr_init(&recursive);
	pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&loop->calling, &recursive);
	pthread_mutexattr_destroy(&recursive);
	loop->epoll_fd = loop->end_fd = -1;
	err = open_descriptors(loop);
	if (!err)
		err = start_thread(loop);
	if (!err)
		return loop;
	complain("event loop: %s; see 'ulimit -n' and 'ulimit -u'", strerror(-err));
	release(loop);
	return NULL;
}

void event_loop_free(struct event_loop *loop)
{
	if (!loop)
		return;
	pthread_mutex_lock(&loop->calling);
	loop->ending = true;
	pthread_mutex_unlock(&loop->calling);
	eventfd_write(loop->end_fd, 1);
	pthread_join(loop->thread, NULL);
	release(loop);
}

int event_loop_add(struct event_loop *loop, int fd, event_fn *fn, void *owner)
{
	struct watch *watch = malloc(sizeof(*watch));
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = watch};
	int err = 0;

	if (!watch)
		return -ENOMEM;
	pthread_mutex_lock(&loop->calling);
	*watch = (struct watch){.next = loop->watches, .fd = fd, .fn = fn, .owner = owner};
	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
		err = -errno;
	else
		__atomic_store_n(&loop->watches, watch, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&loop->calling);
	if (err)
		free(watch);
	return err;
}

void event_loop_listen(struct event_loop *loop, int fd, bool listen)
{
	struct watch *watch = __atomic_load_n(&loop->watches, __ATOMIC_ACQUIRE);
	struct epoll_event event = {.events = listen ? EPOLLIN : 0};

	while (watch && watch->fd != fd)
		watch = watch->next;
	event.data.ptr = watch;
	if (watch)
		epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, fd, &event);
}

/*
 * The record stays until the loop is freed: the thread may hold a pointer to it, out of
 * epoll_wait() and waiting for the lock. Devices watch a few descriptors for life, so few stay.
 */
void event_loop_remove(struct event_loop *loop, int fd)
{
	pthread_mutex_lock(&loop->calling);
	for (struct watch *watch = loop->watches; watch; watch = watch->next) {
		if (watch->fd != fd || !watch->fn)
			continue;
		epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
		watch->fn = NULL;
	}
	pthread_mutex_unlock(&loop->calling);
}
