/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The world outside of a machine that is replayed. What a device asks of it is wrapped at link time
 * (tests/Makefile.inc): KVM's requests, the event loop (loop_world.h; its handlers run on this thread,
 * after each line), the TAP, writes, the time.
 */
#ifndef TESTS_REPLAY_WORLD_H
#define TESTS_REPLAY_WORLD_H

#include <errno.h>
#include <linux/kvm.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/loop_world.h"
#include "vmm/device.h"
#include "vmm/kvm_ioctl.h"
#include "vmm/net_backend.h"

#define EVENTS_MAX  64
#define OUTPUT_MAX  4096
#define NOW	    1700000000 /* 2023-11-14 22:13:20 UTC, a Tuesday */

struct irq_event {
	unsigned int gsi, level;
};

static struct replay {
	const char *path;
	unsigned int line;
	struct machine m;
	struct guest guest;
	char disk_path[DISKS_MAX][32];

	/* What came out and was not told of yet. */
	unsigned int irq_cnt;
	struct irq_event irqs[EVENTS_MAX];
	size_t output_len;
	char output[OUTPUT_MAX];
	bool untold; /* nothing of it need be told */
	int wire;    /* the other end of the TAP */
} r;

static int stdin_pipe[2];

#define wrong(fmt, ...) fail_msg("%s:%u: " fmt, r.path, r.line, __VA_ARGS__)

int __wrap_kvm_ioctl(int fd, unsigned long request, const char *name, unsigned long arg);
struct net_backend *__wrap_tap_open(const char *name);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
ssize_t __real_write(int fd, const void *bytes, size_t len);
time_t __wrap_time(time_t *to);

int __wrap_kvm_ioctl(int fd, unsigned long request, const char *name, unsigned long arg)
{
	const struct kvm_irq_level *level = (const void *)arg;

	(void)fd;
	if (request == KVM_IOEVENTFD)
		return 0;
	if (request != KVM_IRQ_LINE)
		wrong("a device asks KVM for %s", name);
	if (r.untold)
		return 0;
	if (r.irq_cnt == EVENTS_MAX)
		wrong("more than %d changes of interrupt lines", EVENTS_MAX);
	r.irqs[r.irq_cnt++] = (struct irq_event){level->irq, level->level};
	return 0;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	if (fd != STDOUT_FILENO)
		return __real_write(fd, bytes, len);
	if (r.untold)
		return (ssize_t)len;
	if (len > OUTPUT_MAX - r.output_len)
		wrong("more than %d bytes of output", OUTPUT_MAX);
	memcpy(r.output + r.output_len, bytes, len);
	r.output_len += len;
	return (ssize_t)len;
}

time_t __wrap_time(time_t *to)
{
	if (to)
		*to = NOW;
	return NOW;
}

static ssize_t wire_receive(struct net_backend *backend, void *frame, size_t len)
{
	ssize_t got = recv(backend->fd, frame, len, MSG_DONTWAIT);

	return got < 0 ? 0 : got;
}

static int wire_send(struct net_backend *backend, const struct iovec *pieces, int cnt)
{
	struct msghdr message = {.msg_iov = (struct iovec *)pieces, .msg_iovlen = (size_t)cnt};

	return sendmsg(backend->fd, &message, MSG_DONTWAIT) < 0 ? -errno : 0;
}

static void wire_free(struct net_backend *backend)
{
	close(backend->fd);
	free(backend);
}

struct net_backend *__wrap_tap_open(const char *name)
{
	struct net_backend *backend = calloc(1, sizeof(*backend));
	int ends[2];

	(void)name;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	r.wire = ends[1];
	*backend = (struct net_backend){.fd = ends[0],
					.mac = {0x02, 'k', 'v', 'm', 0, 1},
					.receive = wire_receive,
					.send = wire_send,
					.free = wire_free};
	return backend;
}

/* Calls handlers until nothing is ready; a handler that never has enough is a failure. */
static void run_handlers(void)
{
	bool ready = true;

	for (unsigned int round = 0; ready; round++) {
		ready = false;
		if (round == 1000)
			wrong("a handler is called %u times and does not read", round);
		for (unsigned int i = 0; i < loop_world.watch_cnt; i++) {
			struct pollfd p = {.fd = loop_world.watches[i].fd, .events = POLLIN};

			if (!loop_world.watches[i].fn || !loop_world.watches[i].listen || poll(&p, 1, 0) <= 0)
				continue;
			ready = true;
			loop_world.watches[i].fn(loop_world.watches[i].owner);
		}
	}
}

#endif
