/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The world outside of a machine without KVM, for its fuzzer: what devices ask of KVM, the TAP and the
 * terminal is wrapped at link time (tests/Makefile.inc), as the event loop is (loop_world.h).
 */
#ifndef TESTS_FUZZ_MACHINE_WORLD_H
#define TESTS_FUZZ_MACHINE_WORLD_H

#include <linux/kvm.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "tests/fuzz/fuzz_input.h"
#include "tests/loop_world.h"
#include "vmm/complain.h"
#include "vmm/devices/virtqueue.h"
#include "vmm/guest_abi.h"
#include "vmm/kvm_ioctl.h"
#include "vmm/layout.h"
#include "vmm/machine.h"
#include "vmm/net_backend.h"
#include "vmm/vcpu.h"

#define LOW_SZ	    0x10000 /* what the guest works with */
#define FIRMWARE_SZ (LAYOUT_HIGH - LAYOUT_ACPI)
#define RUN_SZ	    0x2000 /* struct kvm_run and the data of port I/O */

static struct world {
	struct machine m;
	struct guest guest;
	struct vcpu vcpu;
	struct fuzz_input typed;
	bool is_terminal; /* standard input */
	bool has_firmware;
	unsigned int frames_waiting, printed;
} w;

static _Alignas(4096) uint8_t low[LOW_SZ], firmware[FIRMWARE_SZ], run_page[RUN_SZ];

static void check(bool good)
{
	if (!good)
		abort();
}

int __wrap_kvm_ioctl(int fd, unsigned long request, const char *name, unsigned long arg);
struct net_backend *__wrap_tap_open(const char *name);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_read(int fd, void *bytes, size_t len);
ssize_t __real_read(int fd, void *bytes, size_t len);
int __wrap_tcgetattr(int fd, struct termios *to);
int __wrap_tcsetattr(int fd, int when, const struct termios *from);
int __wrap_atexit(void (*fn)(void));

/* In place of the VMM's own, which would print a million complaints. */
void complain(const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
}

int __wrap_kvm_ioctl(int fd, unsigned long request, const char *name, unsigned long arg)
{
	const struct kvm_irq_level *level = (const void *)arg;

	(void)fd, (void)name;
	if (request == KVM_IOEVENTFD)
		return 0;
	check(request == KVM_IRQ_LINE && level->irq < GSI_CNT && level->level <= 1);
	return 0;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	if (fd != STDOUT_FILENO)
		return __real_write(fd, bytes, len);
	w.printed += (unsigned int)len;
	return (ssize_t)len;
}

ssize_t __wrap_read(int fd, void *bytes, size_t len)
{
	if (fd != STDIN_FILENO)
		return __real_read(fd, bytes, len);
	return (ssize_t)fuzz_take_bytes(&w.typed, bytes, len);
}

int __wrap_tcgetattr(int fd, struct termios *to)
{
	(void)fd;
	*to = (struct termios){0};
	return w.is_terminal ? 0 : -1;
}

int __wrap_tcsetattr(int fd, int when, const struct termios *from)
{
	(void)fd, (void)when, (void)from;
	return 0;
}

int __wrap_atexit(void (*fn)(void))
{
	(void)fn;
	return 0;
}

static ssize_t wire_receive(struct net_backend *backend, void *frame, size_t len)
{
	size_t n = 14 + w.frames_waiting * 37 % (len - 13);

	(void)backend;
	if (!w.frames_waiting)
		return 0;
	if (w.frames_waiting-- == 200)
		return -EBADFD; /* the TAP is gone */
	memset(frame, 0xff, n);
	return (ssize_t)n;
}

/* Reads every byte, as the kernel would. */
static int wire_send(struct net_backend *backend, const struct iovec *pieces, int cnt)
{
	static uint8_t frame[UINT16_MAX];
	size_t len = pieces_read(pieces, (unsigned int)cnt, 0, frame, sizeof(frame));

	(void)backend;
	check(len >= 14 && len < sizeof(frame));
	return 0;
}

static void wire_free(struct net_backend *backend)
{
	close(backend->fd);
	free(backend);
}

struct net_backend *__wrap_tap_open(const char *name)
{
	struct net_backend *backend = malloc(sizeof(*backend));

	(void)name;
	*backend = (struct net_backend){.fd = dup(STDERR_FILENO),
					.receive = wire_receive,
					.send = wire_send,
					.free = wire_free};
	return backend;
}

#endif
