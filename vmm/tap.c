/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns a TAP device of the host: what the guest's card sends comes out of it, and back. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm/complain.h"
#include "vmm/net_backend.h"
#include "vmm/walk.h"

static ssize_t tap_receive(struct net_backend *backend, void *frame, size_t len)
{
	ssize_t got = read(backend->fd, frame, len);

	if (got >= 0)
		return got;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

static int tap_send(struct net_backend *backend, const struct iovec *pieces, int cnt)
{
	return writev(backend->fd, pieces, cnt) < 0 ? -errno : 0;
}

static void tap_free(struct net_backend *backend)
{
	close(backend->fd);
	free(backend);
}

/* Locally administered, unicast; then "kvm", and two bytes of the name by FNV-1a. */
static void make_mac(uint8_t *mac, const char *name)
{
	uint32_t hash = 2166136261;

	while (*name)
		hash = (hash ^ (uint8_t)*name++) * 16777619;
	memcpy(mac, (uint8_t[]){0x02, 'k', 'v', 'm', (uint8_t)(hash >> 8), (uint8_t)hash},
	       NET_MAC_LEN);
}

static void complain_attach(const char *name, int err)
{
	switch (err) {
	case EPERM:
		complain("TAP %s: %s; create it for yourself with 'ip tuntap add dev %s mode tap "
			 "user %u' as root",
			 name, strerror(err), name, geteuid());
		break;
	case EBUSY:
		complain("TAP %s: %s; another program has it open, use a TAP for each VM", name,
			 strerror(err));
		break;
	case EINVAL:
		complain("TAP %s: %s; there is a network device of that name that is no TAP, or a "
			 "TAP of several queues",
			 name, strerror(err));
		break;
	default:
		complain("TAP %s: TUNSETIFF: %s; see 'ip tuntap'", name, strerror(err));
	}
}

/* Returns the descriptor, or -errno after a message. */
static int attach(const char *name)
{
	struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	int fd, err;

	if (!*name || strlen(name) >= sizeof(request.ifr_name)) {
		complain("TAP '%s': a network device's name has 1 to %zu characters", name,
			 sizeof(request.ifr_name) - 1);
		return -EINVAL;
	}
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		err = -errno;
		complain("/dev/net/tun: %s; 'modprobe tun' as root brings it", strerror(-err));
		return err;
	}
	strcpy(request.ifr_name, name);
	if (ioctl(fd, TUNSETIFF, &request) == 0)
		return fd;
	err = -errno;
	complain_attach(name, -err);
	close(fd);
	return err;
}

WALK struct net_backend *tap_open(const char *name)
{
	struct net_backend *backend;
	int fd = attach(name);

	if (fd < 0)
		return NULL;
	backend = malloc(sizeof(*backend));
	if (!backend) {
		complain("TAP %s: out of memory; free some", name);
		close(fd);
		return NULL;
	}
	*backend = (struct net_backend){
		.fd = fd, .receive = tap_receive, .send = tap_send, .free = tap_free};
	make_mac(backend->mac, name);
	return backend;
}
