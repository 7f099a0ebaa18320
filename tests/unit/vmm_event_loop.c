/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The event loop: who is called, who is not, and that its end is clean. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "vmm/event_loop.h"

/* Threads that begin late: pthread_create() is wrapped (tests/Makefile.inc). */
static bool begins_late;
static void *(*late_start)(void *);
static bool late_began; /* atomic */

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *),
			  void *arg);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *),
			  void *arg);

static void *begin_late(void *arg)
{
	usleep(20000);
	__atomic_store_n(&late_began, true, __ATOMIC_RELEASE);
	return late_start(arg);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *),
			  void *arg)
{
	late_start = start;
	return __real_pthread_create(thread, attr, begins_late ? begin_late : start, arg);
}

/* A descriptor that is watched, and one by which its handler says that it was called. */
struct post {
	struct event_loop *loop;
	int bell, answer;
	unsigned int calls; /* written by the loop's thread before it answers */
	bool leaves;
};

static void answer(void *owner)
{
	struct post *p = owner;
	eventfd_t rings;

	eventfd_read(p->bell, &rings);
	p->calls++;
	if (p->leaves)
		event_loop_remove(p->loop, p->bell);
	eventfd_write(p->answer, 1);
}

static struct post *post_new(struct event_loop *loop)
{
	struct post *p = calloc(1, sizeof(*p));

	*p = (struct post){.loop = loop, .bell = eventfd(0, EFD_NONBLOCK), .answer = eventfd(0, 0)};
	assert_int_equal(event_loop_add(loop, p->bell, answer, p), 0);
	return p;
}

static void ring(struct post *p)
{
	eventfd_write(p->bell, 1);
}

/* Blocks until the handler has run. */
static void await(struct post *p)
{
	eventfd_t answers;

	assert_int_equal(eventfd_read(p->answer, &answers), 0);
}

static void post_free(struct post *p)
{
	close(p->bell);
	close(p->answer);
	free(p);
}

static void calls(void **state)
{
	struct event_loop *loop = event_loop_new();
	struct post *a = post_new(loop), *b = post_new(loop);

	(void)state;
	ring(b);
	await(b);
	ring(a);
	await(a);
	ring(a);
	await(a);
	event_loop_free(loop);
	assert_int_equal(a->calls, 2);
	assert_int_equal(b->calls, 1);
	post_free(a);
	post_free(b);
}

/* What is readable first is served first, so when b has answered a was passed over. */
static void listens(void **state)
{
	struct event_loop *loop = event_loop_new();
	struct post *a = post_new(loop), *b = post_new(loop);

	(void)state;
	event_loop_listen(loop, a->bell, false);
	ring(a);
	ring(b);
	await(b);
	assert_int_equal(a->calls, 0);
	event_loop_listen(loop, a->bell, true);
	await(a);
	assert_int_equal(a->calls, 1);
	event_loop_listen(loop, 9999, true); /* of nobody: nothing happens */
	event_loop_free(loop);
	post_free(a);
	post_free(b);
}

static void removes(void **state)
{
	struct event_loop *loop = event_loop_new();
	struct post *a = post_new(loop), *b = post_new(loop);

	(void)state;
	event_loop_remove(loop, a->bell);
	event_loop_listen(loop, a->bell, true);
	ring(a);
	b->leaves = true;
	ring(b);
	await(b);
	ring(b);
	event_loop_free(loop);
	assert_int_equal(a->calls, 0);
	assert_int_equal(b->calls, 1);
	post_free(a);
	post_free(b);
}

/* The sandbox may be entered as soon as there is a loop; a thread that still begins would die of it. */
static void has_begun(void **state)
{
	struct event_loop *loop;

	(void)state;
	begins_late = true;
	loop = event_loop_new();
	begins_late = false;
	assert_true(__atomic_load_n(&late_began, __ATOMIC_ACQUIRE));
	event_loop_free(loop);
}

static void refuses(void **state)
{
	struct event_loop *loop = event_loop_new();
	FILE *file = tmpfile();

	(void)state;
	assert_int_equal(event_loop_add(loop, fileno(file), answer, NULL), -EPERM);
	assert_int_equal(event_loop_add(loop, -1, answer, NULL), -EBADF);
	fclose(file);
	event_loop_free(loop);
	event_loop_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls),
		cmocka_unit_test(listens),
		cmocka_unit_test(removes),
		cmocka_unit_test(has_begun),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
