/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The thread that waits for the world outside: the terminal, the TAP, a queue's doorbell. */
#ifndef VMM_EVENT_LOOP_H
#define VMM_EVENT_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct event_loop;

/* Called on the loop's thread when the descriptor can be read, or has an error or an end. */
typedef void event_fn(void *owner);

/* NULL after a message. The thread, which blocks every signal, runs when this returns. */
struct event_loop *event_loop_new(void);

/* Ends the thread, then frees; takes NULL. Handlers are not called any more after it. */
void event_loop_free(struct event_loop *loop);

/*
 * From now on fn(owner) is called while fd can be read (level-triggered: fn is to read until
 * EAGAIN, or to event_loop_remove()). fd is borrowed and must not block. Any thread may call
 * it. Returns 0 or -errno: -EPERM for a regular file, which is always ready.
 */
int event_loop_add(struct event_loop *loop, int fd, event_fn *fn, void *owner);

/*
 * Whether fn is called for fd, which was added: a device without room for what comes says false,
 * and true when it has room. What waits stays where it is. It waits for no handler: a device may
 * hold its own lock. Called by one thread at a time for an fd.
 */
void event_loop_listen(struct event_loop *loop, int fd, bool listen);

/* Not called for fd any more, once this has returned, unless called from a handler itself. */
void event_loop_remove(struct event_loop *loop, int fd);

#endif
