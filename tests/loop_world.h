/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * An event loop for machines without KVM, wrapped around the VMM's own at link time (tests/Makefile.inc):
 * it remembers who waits for what, and the test calls the handlers.
 */
#ifndef TESTS_LOOP_WORLD_H
#define TESTS_LOOP_WORLD_H

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "vmm/event_loop.h"

#define WATCHES_MAX 32

static struct loop_world {
	bool stdin_is_file; /* which cannot be waited for */
	unsigned int watch_cnt;
	struct {
		int fd;
		event_fn *fn; /* NULL: it was removed */
		void *owner;
		bool listen;
	} watches[WATCHES_MAX];
} loop_world;

int __wrap_event_loop_add(struct event_loop *loop, int fd, event_fn *fn, void *owner);
void __wrap_event_loop_listen(struct event_loop *loop, int fd, bool listen);
void __wrap_event_loop_remove(struct event_loop *loop, int fd);
void __wrap_signals_notify(void);

int __wrap_event_loop_add(struct event_loop *loop, int fd, event_fn *fn, void *owner)
{
	(void)loop;
	if (fd == STDIN_FILENO && loop_world.stdin_is_file)
		return -EPERM;
	if (loop_world.watch_cnt == WATCHES_MAX)
		abort(); /* no machine has so many devices */
	loop_world.watches[loop_world.watch_cnt].fd = fd;
	loop_world.watches[loop_world.watch_cnt].fn = fn;
	loop_world.watches[loop_world.watch_cnt].owner = owner;
	loop_world.watches[loop_world.watch_cnt++].listen = true;
	return 0;
}

void __wrap_event_loop_listen(struct event_loop *loop, int fd, bool listen)
{
	(void)loop;
	for (unsigned int i = 0; i < loop_world.watch_cnt; i++)
		if (loop_world.watches[i].fd == fd)
			loop_world.watches[i].listen = listen;
}

void __wrap_event_loop_remove(struct event_loop *loop, int fd)
{
	(void)loop;
	for (unsigned int i = 0; i < loop_world.watch_cnt; i++)
		if (loop_world.watches[i].fd == fd)
			loop_world.watches[i].fn = NULL;
}

/* No main thread waits. */
void __wrap_signals_notify(void)
{
}

#endif
