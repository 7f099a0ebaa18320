/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Where a network card's frames come from and go to: both cards share it. */
#ifndef VMM_NET_BACKEND_H
#define VMM_NET_BACKEND_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Without checksum: an Ethernet header, 1500 bytes and a VLAN tag. */
#define NET_FRAME_MAX 1518

#define NET_MAC_LEN 6

struct net_backend {
	int fd; /* becomes readable when a frame waits; does not block */
	uint8_t mac[NET_MAC_LEN]; /* what the card on this backend is to be called */

	/* The next frame, cut to len bytes: its length, or 0 if none waits, or -errno. */
	ssize_t (*receive)(struct net_backend *backend, void *frame, size_t len);

	/* Sends one frame in cnt pieces. 0, or -errno; a frame that finds no room is lost (-EAGAIN). */
	int (*send)(struct net_backend *backend, const struct iovec *pieces, int cnt);

	void (*free)(struct net_backend *backend);
};

/*
 * A TAP device of the host that exists already or that we may create: Ethernet frames without a
 * header of the kernel's. Its MAC address is made of its name: the same each time, and another for
 * another TAP. NULL after a message. Documentation/networking/tuntap.rst.
 */
struct net_backend *tap_open(const char *name);

#endif
