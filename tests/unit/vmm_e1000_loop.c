/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The e1000 and what happens without the guest: frames that come, time that goes by, and work that
 * was put off. Here the event loop, the clock and the timer are the test's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/e1000_driver.h"

static struct watch {
	int fd;
	event_fn *fn;
	void *owner;
	bool deaf;
} watches[3];
static unsigned int watch_cnt;
static unsigned int listens; /* how often it was said whether to listen */
static uint64_t fake_ns, timer_ns;

int clock_gettime(clockid_t clock, struct timespec *t)
{
	(void)clock;
	t->tv_sec = (time_t)(fake_ns / 1000000000);
	t->tv_nsec = (long)(fake_ns % 1000000000);
	return 0;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *t, struct itimerspec *old)
{
	(void)fd, (void)flags, (void)old;
	timer_ns = (uint64_t)t->it_value.tv_nsec;
	return 0;
}

struct event_loop *event_loop_new(void)
{
	return NULL;
}

void event_loop_free(struct event_loop *loop)
{
	(void)loop;
}

int event_loop_add(struct event_loop *loop, int fd, event_fn *fn, void *owner)
{
	(void)loop;
	watches[watch_cnt++] = (struct watch){fd, fn, owner, false};
	return 0;
}

static struct watch *watch_of(int fd)
{
	for (unsigned int i = 0; i < watch_cnt; i++)
		if (watches[i].fd == fd)
			return &watches[i];
	fail_msg("descriptor %d is not listened to", fd);
	return NULL;
}

void event_loop_listen(struct event_loop *loop, int fd, bool listen)
{
	(void)loop;
	watch_of(fd)->deaf = !listen;
	listens++;
}

void event_loop_remove(struct event_loop *loop, int fd)
{
	(void)loop;
	watch_of(fd)->fn = NULL;
}

static void happens(int fd)
{
	struct watch *w = watch_of(fd);

	w->fn(w->owner);
}

static unsigned int waiting; /* frames in the network */
static ssize_t net_error;

static ssize_t receive(struct net_backend *net, void *frame, size_t len)
{
	(void)net, (void)len;
	if (net_error)
		return net_error;
	if (!waiting)
		return 0;
	waiting--;
	memset(frame, 0xff, 100);
	return 100;
}

#define NET_FD -1

static int set_up(void **state)
{
	struct driver *d = driver_new();

	watch_cnt = waiting = listens = 0;
	fake_ns = 1000000000;
	timer_ns = 0;
	net_error = 0;
	e1000_free(d->card);
	pci_release(&d->bus);
	pci_init(&d->bus, (struct irq_line){.set = driver_set_line, .owner = d, .number = 11});
	d->net.receive = receive;
	d->card = e1000_new(&d->bus, &d->memory, (struct event_loop *)(void *)d, &d->net);
	assert_int_equal(watch_cnt, 3);
	*state = d;
	return 0;
}

/* The ring has 15 descriptors: the rest waits in the network until there are more. */
static void frames_wait(void **state)
{
	struct driver *d = *state;

	driver_start(d);
	waiting = 20;
	happens(NET_FD);
	assert_int_equal(driver_get(d, E1000_RDH), 15);
	assert_int_equal(waiting, 5);
	assert_true(watch_of(NET_FD)->deaf);
	driver_put(d, E1000_RDT, 3);
	assert_false(watch_of(NET_FD)->deaf);
	happens(NET_FD);
	assert_int_equal(driver_get(d, E1000_RDH), 3);
	assert_int_equal(waiting, 1);
	assert_true(watch_of(NET_FD)->deaf);
	assert_int_equal(driver_get(d, E1000_MPC), 0);
	/* A receiver that is turned off hears, and forgets. */
	driver_put(d, E1000_RCTL, 0);
	assert_false(watch_of(NET_FD)->deaf);
	happens(NET_FD);
	assert_int_equal(waiting, 0);
	assert_false(watch_of(NET_FD)->deaf);
	/* Deaf, hearing, deaf, hearing; what changes nothing is not said. */
	driver_put(d, E1000_RDT, 5);
	assert_int_equal(listens, 4);
}

static void frames_take_turns(void **state)
{
	struct driver *d = *state;

	waiting = 100;
	happens(NET_FD);
	assert_int_equal(waiting, 36);
	happens(NET_FD);
	assert_int_equal(waiting, 0);
	assert_int_equal(driver_get(d, E1000_TPR), 100);
}

static void network_breaks(void **state)
{
	(void)state;
	net_error = -5;
	happens(NET_FD);
	assert_null(watch_of(NET_FD)->fn);
}

/* ITR of 1000: 256 us from one interrupt to the next. */
static void interrupts_wait(void **state)
{
	struct driver *d = *state;

	driver_put(d, E1000_ITR, 1000);
	driver_put(d, E1000_IMS, CAUSE_RXT0);
	driver_put(d, E1000_ICS, CAUSE_RXT0);
	assert_true(d->line);
	driver_get(d, E1000_ICR);
	fake_ns += 100000;
	driver_put(d, E1000_ICS, CAUSE_RXT0);
	assert_false(d->line);
	assert_int_equal(timer_ns, 156000);
	/* Taken by polling meanwhile: nothing is left to interrupt for. */
	driver_get(d, E1000_ICR);
	fake_ns += 200000;
	driver_put(d, E1000_ICS, CAUSE_RXT0);
	assert_true(d->line);
	assert_int_equal(d->line_rises, 2);
}

/* The timer itself: its descriptor is a real one, and armed for 1 ns it can soon be read. */
static void timer_ends_the_wait(void **state)
{
	struct driver *d = *state;
	struct itimerspec now = {.it_value.tv_nsec = 1};
	char bytes[8];

	driver_put(d, E1000_ITR, 1000);
	driver_put(d, E1000_IMS, CAUSE_RXT0);
	driver_put(d, E1000_ICS, CAUSE_RXT0);
	driver_get(d, E1000_ICR);
	driver_put(d, E1000_ICS, CAUSE_RXT0);
	assert_false(d->line);
	happens(d->card->timer_fd); /* not yet: it cannot be read */
	assert_false(d->line);
	fake_ns += 256000;
	assert_int_equal(syscall(SYS_timerfd_settime, d->card->timer_fd, 0, &now, NULL), 0);
	assert_int_equal(poll(&(struct pollfd){d->card->timer_fd, POLLIN, 0}, 1, 10000), 1);
	happens(d->card->timer_fd);
	assert_true(d->line);
	assert_int_equal(read(d->card->timer_fd, bytes, 8), -1);
}

static void long_rings_take_turns(void **state)
{
	struct driver *d = *state;

	driver_start(d);
	driver_put(d, E1000_TDBAL, 0x40000);
	driver_put(d, E1000_TDLEN, 0x4000);
	for (uint32_t i = 0; i < 600; i++)
		driver_desc(d, 0x40000, i, TX_BUFFER, tx_legacy(60, CMD_EOP, 0, 0, 0));
	driver_put(d, E1000_TDT, 600);
	assert_int_equal(d->sent_cnt, 256);
	happens(d->card->again_fd);
	assert_int_equal(d->sent_cnt, 512);
	happens(d->card->again_fd);
	assert_int_equal(d->sent_cnt, 600);
	happens(d->card->again_fd);
	assert_int_equal(d->sent_cnt, 600);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(frames_wait),     TEST(frames_take_turns),	  TEST(network_breaks),
		TEST(interrupts_wait), TEST(timer_ends_the_wait), TEST(long_rings_take_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
