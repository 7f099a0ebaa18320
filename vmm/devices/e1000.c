/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the e1000 card as a whole: how it comes to be, its reset, its interrupt, its threads. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "vmm/complain.h"
#include "vmm/device.h"
#include "vmm/devices/e1000.h"

#define ITR_NS	 256 /* the unit of the register */
#define RA_VALID (1u << 31)
#define NS_PER_S 1000000000ull

static const struct pci_model model = {
	.name = "e1000",
	.vendor = E1000_VENDOR,
	.device = E1000_DEVICE,
	.class = 0x020000, /* network controller, Ethernet */
	.revision = 2,
	.has_intx = true,
	.bars = {[0] = {.size = E1000_MMIO_SIZE,
			.read = e1000_mmio_read,
			.write = e1000_mmio_write},
		 [2] = {.size = E1000_PORT_SIZE,
			.is_port = true,
			.read = e1000_port_in,
			.write = e1000_port_out}},
};

/* Address 0 is loaded from the EEPROM, and the only one in use. */
static void load_mac(struct e1000 *e)
{
	const uint16_t *words = e->eeprom.words;
	uint32_t *ra = e1000_reg(e, E1000_RA);

	memset(ra, 0, E1000_RA_CNT * 8);
	ra[0] = words[0] | (uint32_t)words[1] << 16;
	ra[1] = words[2] | RA_VALID;
}

void e1000_reset(struct e1000 *e)
{
	e1000_regs_reset(e);
	load_mac(e);
	e->cause = e->mask = e->port_addr = 0;
	e->tx = (struct e1000_tx){.frame = e->tx.frame};
	e1000_irq_update(e);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

/* True if the interrupt has to wait; then the timer asks again. */
static bool throttled(struct e1000 *e)
{
	uint64_t interval = (uint64_t)*e1000_reg(e, E1000_ITR) * ITR_NS, wait;
	struct itimerspec timer = {0};

	if (!interval || e->timer_fd < 0)
		return false;
	wait = irq_throttle(&e->throttle, now_ns(), interval);
	if (!wait)
		return false;
	timer.it_value.tv_nsec = (long)wait; /* under 17 ms: the register has 16 bits */
	timerfd_settime(e->timer_fd, 0, &timer, NULL);
	return true;
}

void e1000_irq_update(struct e1000 *e)
{
	bool want = e->cause & e->mask;

	if (want == e->irq || (want && throttled(e)))
		return;
	e->irq = want;
	pci_set_irq(&e->pci, want);
}

void e1000_raise(struct e1000 *e, uint32_t cause)
{
	e->cause |= cause;
	e1000_irq_update(e);
}

bool e1000_ring(const struct e1000 *e, unsigned int bal, struct e1000_ring *ring)
{
	const uint32_t *reg = &e->regs[bal / 4];

	*ring = (struct e1000_ring){
		.base = reg[0] | (uint64_t)reg[1] << 32,
		.cnt = reg[2] / E1000_DESC_SIZE,
		.head = reg[4],
		.tail = reg[6],
	};
	return ring->head < ring->cnt && ring->tail < ring->cnt;
}

/* What the event loop calls. Their counters are read only to make the descriptors quiet. */
static void on_timer(void *owner)
{
	struct e1000 *e = owner;
	uint64_t cnt;

	pthread_mutex_lock(&e->lock);
	if (read(e->timer_fd, &cnt, sizeof(cnt)) > 0)
		e1000_irq_update(e);
	pthread_mutex_unlock(&e->lock);
}

static void on_again(void *owner)
{
	struct e1000 *e = owner;
	uint64_t cnt;

	pthread_mutex_lock(&e->lock);
	if (read(e->again_fd, &cnt, sizeof(cnt)) > 0)
		e1000_transmit(e);
	pthread_mutex_unlock(&e->lock);
}

static void on_frames(void *owner)
{
	struct e1000 *e = owner;

	pthread_mutex_lock(&e->lock);
	e1000_drain(e);
	pthread_mutex_unlock(&e->lock);
}

/* Without a loop there is no time, and nobody to go on for us: the guest's accesses are all. */
static int listen_on(struct e1000 *e, struct event_loop *loop)
{
	int err;

	e->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	e->again_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (e->timer_fd < 0 || e->again_fd < 0)
		return -errno;
	e->loop = loop;
	err = event_loop_add(loop, e->timer_fd, on_timer, e);
	if (!err)
		err = event_loop_add(loop, e->again_fd, on_again, e);
	if (!err)
		err = event_loop_add(loop, e->net->fd, on_frames, e);
	if (!err)
		return 0;
	event_loop_remove(loop, e->timer_fd);
	event_loop_remove(loop, e->again_fd);
	return err;
}

struct e1000 *e1000_new(struct pci_bus *bus, const struct guest_memory *memory,
			struct event_loop *loop, struct net_backend *net)
{
	struct e1000 *e = calloc(1, sizeof(*e));
	uint8_t *frame = malloc(E1000_FRAME_MAX);
	int err = -ENOMEM;

	if (e && frame) {
		*e = (struct e1000){.pci = {.model = &model, .owner = e},
				    .memory = memory,
				    .net = net,
				    .timer_fd = -1,
				    .again_fd = -1,
				    .tx.frame = frame};
		pthread_mutex_init(&e->lock, NULL);
		err = pci_add(bus, &e->pci);
	}
	if (err) {
		complain("e1000: %s; ask for fewer cards", strerror(-err));
		free(e);
		free(frame);
		net->free(net);
		return NULL;
	}
	e1000_regs_init(e);
	e1000_eeprom_init(e, net->mac);
	e1000_phy_reset(e);
	e1000_reset(e);
	err = loop ? listen_on(e, loop) : 0;
	if (err) {
		complain("e1000: event loop: %s; see 'ulimit -n'", strerror(-err));
		e1000_free(e);
		return NULL;
	}
	return e;
}

void e1000_free(struct e1000 *e)
{
	if (e->timer_fd >= 0)
		close(e->timer_fd);
	if (e->again_fd >= 0)
		close(e->again_fd);
	e->net->free(e->net);
	pthread_mutex_destroy(&e->lock);
	free(e->tx.frame);
	free(e);
}

static void release_card(void *owner)
{
	e1000_free(owner);
}

static int create(struct machine *m)
{
	for (unsigned int i = 0; i < m->config.net_cnt; i++) {
		struct net_backend *net;
		struct e1000 *e;
		int err;

		if (m->config.nets[i].model != NET_E1000)
			continue;
		net = tap_open(m->config.nets[i].tap);
		e = net ? e1000_new(m->pci, &m->vm.memory, m->io, net) : NULL;
		if (!e)
			return -ENODEV;
		err = machine_own(m, e, release_card);
		if (err)
			return err;
	}
	return 0;
}

const struct device e1000_device = {.name = "e1000", .platforms = ON_PC, .create = create};
