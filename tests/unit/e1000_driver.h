/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A driver for the e1000 in the tests: guest memory, two rings in it, and a network that remembers.
 */
#ifndef TESTS_E1000_DRIVER_H
#define TESTS_E1000_DRIVER_H

#include <stdlib.h>
#include <string.h>

#include "vmm/devices/e1000.h"

#ifndef MEMORY_SZ /* whoever wants another layout says so first */
#define MEMORY_SZ 0x100000
#define TX_RING	  0x1000
#define RX_RING	  0x2000
#define TX_BUFFER 0x10000
#define RX_BUFFER 0x80000
#define RX_SIZE	  0x800
#endif
#define RING_CNT 16

#define SENT_MAX  64
#define SENT_SIZE 1024

#define CMD_EOP	 0x01
#define CMD_IC	 0x04
#define CMD_TSE	 0x04
#define CMD_RS	 0x08
#define CMD_DEXT 0x20
#define CMD_VLE	 0x40

static const uint8_t driver_mac[ETH_ALEN] = {0x02, 'k', 'v', 'm', 0x12, 0x34};

struct driver {
	struct net_backend net; /* first: the backend is the driver */
	struct pci_bus bus;
	struct guest_memory memory;
	struct e1000 *card;
	bool line;
	unsigned int line_rises;
	unsigned int sent_cnt; /* frames that were sent; the first SENT_MAX are kept */
	size_t sent_len[SENT_MAX];
	uint8_t sent[SENT_MAX][SENT_SIZE]; /* each cut to that */
	uint32_t tail;
};

static inline uint8_t *driver_sent(struct driver *d, unsigned int i)
{
	return d->sent[i];
}

static ssize_t driver_net_receive(struct net_backend *net, void *frame, size_t len)
{
	(void)net, (void)frame, (void)len;
	return 0;
}

static int driver_net_send(struct net_backend *net, const struct iovec *pieces, int cnt)
{
	struct driver *d = (struct driver *)(void *)net;
	size_t len = 0;

	for (int i = 0; i < cnt; i++) {
		if (d->sent_cnt < SENT_MAX && len < SENT_SIZE) {
			size_t room = SENT_SIZE - len, part = pieces[i].iov_len;

			memcpy(driver_sent(d, d->sent_cnt) + len, pieces[i].iov_base,
			       part < room ? part : room);
		}
		len += pieces[i].iov_len;
	}
	if (d->sent_cnt < SENT_MAX)
		d->sent_len[d->sent_cnt] = len;
	d->sent_cnt++;
	return 0;
}

static void driver_net_free(struct net_backend *net)
{
	(void)net;
}

static void driver_set_line(void *owner, unsigned int gsi, bool high)
{
	struct driver *d = owner;

	(void)gsi;
	d->line = high;
	d->line_rises += high;
}

static struct driver *driver_new(void)
{
	struct driver *d = calloc(1, sizeof(*d));
	struct irq_line irq = {.set = driver_set_line, .owner = d, .number = 11};

	d->net = (struct net_backend){.fd = -1,
				      .receive = driver_net_receive,
				      .send = driver_net_send,
				      .free = driver_net_free};
	memcpy(d->net.mac, driver_mac, ETH_ALEN);
	d->memory.slot_cnt = 1;
	d->memory.slots[0] = (struct memory_slot){
		.base = GPA(0), .size = MEMORY_SZ, .host = aligned_alloc(4096, MEMORY_SZ)};
	memset(d->memory.slots[0].host, 0, MEMORY_SZ);
	pci_init(&d->bus, irq);
	d->card = e1000_new(&d->bus, &d->memory, NULL, &d->net);
	return d;
}

static void driver_free(struct driver *d)
{
	e1000_free(d->card);
	pci_release(&d->bus);
	free(d->memory.slots[0].host);
	free(d);
}

static inline uint32_t driver_get(struct driver *d, unsigned int reg)
{
	return (uint32_t)e1000_mmio_read(d->card, reg, 4);
}

static inline void driver_put(struct driver *d, unsigned int reg, uint32_t value)
{
	e1000_mmio_write(d->card, reg, 4, value);
}

/* A command to the PHY, and what MDIC says then: op 1 writes, 2 reads; 8 with it wants an interrupt. */
static inline uint32_t driver_mdic(struct driver *d, uint32_t phy, uint32_t reg, uint32_t op,
				   uint32_t data)
{
	driver_put(d, E1000_MDIC, op << 26 | phy << 21 | reg << 16 | data);
	return driver_get(d, E1000_MDIC);
}

/* The command register of the card, which is in slot 1. */
static inline void driver_command(struct driver *d, uint16_t command)
{
	pci_config_out(&d->bus, 0, 4, 0x80000800u | PCI_COMMAND);
	pci_config_out(&d->bus, 4, 2, command);
}

static inline uint8_t *driver_at(struct driver *d, uint64_t addr)
{
	return d->memory.slots[0].host + addr;
}

/* len bytes that count up, in the guest's memory at TX_BUFFER. */
static inline void driver_numbered(struct driver *d, size_t len)
{
	uint8_t *frame = driver_at(d, TX_BUFFER);

	for (size_t i = 0; i < len; i++)
		frame[i] = (uint8_t)i;
}

static inline void driver_desc(struct driver *d, uint64_t ring, uint32_t i, uint64_t low,
			       uint64_t high)
{
	memcpy(driver_at(d, ring + i * 16), &low, 8);
	memcpy(driver_at(d, ring + i * 16 + 8), &high, 8);
}

static inline uint64_t driver_desc_high(struct driver *d, uint64_t ring, uint32_t i)
{
	uint64_t high;

	memcpy(&high, driver_at(d, ring + i * 16 + 8), 8);
	return high;
}

/* Both rings set up, the card on: 16 descriptors each, all of the receiver's but one ready. */
static inline void driver_start(struct driver *d)
{
	driver_command(d, PCI_COMMAND_MEMORY | PCI_COMMAND_IO | PCI_COMMAND_MASTER);
	driver_put(d, E1000_TDBAL, TX_RING);
	driver_put(d, E1000_TDLEN, RING_CNT * 16);
	driver_put(d, E1000_TCTL, 2);
	for (uint32_t i = 0; i < RING_CNT; i++)
		driver_desc(d, RX_RING, i, RX_BUFFER + i * RX_SIZE, 0);
	driver_put(d, E1000_RDBAL, RX_RING);
	driver_put(d, E1000_RDLEN, RING_CNT * 16);
	driver_put(d, E1000_RDT, RING_CNT - 1);
	driver_put(d, E1000_RCTL, 0x8002); /* on, broadcasts too */
	driver_put(d, E1000_VET, ETH_P_8021Q);
}

/* A test begins with a card that is on; with one that was just plugged in; and ends. */
static inline int set_up_started(void **state)
{
	struct driver *d = driver_new();

	*state = d;
	driver_start(d);
	return 0;
}

static inline int set_up_new(void **state)
{
	*state = driver_new();
	return 0;
}

static inline int tear_down(void **state)
{
	driver_free(*state);
	return 0;
}

static inline void driver_queue(struct driver *d, uint64_t low, uint64_t high)
{
	driver_desc(d, TX_RING, d->tail, low, high);
	d->tail = (d->tail + 1) % RING_CNT;
}

static inline void driver_kick(struct driver *d)
{
	driver_put(d, E1000_TDT, d->tail);
}

static inline uint64_t tx_legacy(uint16_t len, uint8_t cmd, uint8_t cso, uint8_t css, uint16_t vlan)
{
	return len | (uint64_t)cso << 16 | (uint64_t)cmd << 24 | (uint64_t)css << 40 |
	       (uint64_t)vlan << 48;
}

static inline uint64_t tx_data(uint32_t len, uint8_t cmd, uint8_t popts, uint16_t vlan)
{
	return (len & 0xfffff) | 1u << 20 | (uint64_t)(cmd | CMD_DEXT) << 24 |
	       (uint64_t)popts << 40 | (uint64_t)vlan << 48;
}

/* tucmd: 1 is TCP, 2 is IPv4, 4 is segmentation. */
static inline void driver_queue_context(struct driver *d, uint8_t tucmd, uint8_t ip_start,
					uint8_t l4_start, uint8_t l4_sum, uint8_t header_len,
					uint16_t mss)
{
	uint64_t low = ip_start | (uint64_t)(ip_start + 10) << 8 | (uint64_t)(l4_start - 1) << 16 |
		       (uint64_t)l4_start << 32 | (uint64_t)l4_sum << 40;

	driver_queue(d, low,
		     (uint64_t)(tucmd | CMD_DEXT) << 24 | (uint64_t)header_len << 40 |
			     (uint64_t)mss << 48);
}

#endif
