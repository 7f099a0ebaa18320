/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the card's receiver: from frames on the wire, through its filters, to the ring
 * (manual, 3.2). */
#include <arpa/inet.h>
#include <string.h>

#include "vmm/complain.h"
#include "vmm/devices/e1000.h"
#include "vmm/walk.h"

#define RCTL_EN		 (1u << 1)
#define RCTL_UPE	 (1u << 3)	   /* every unicast address is ours */
#define RCTL_MPE	 (1u << 4)	   /* every multicast address */
#define RCTL_LPE	 (1u << 5)	   /* frames longer than 1522 bytes too */
#define RCTL_RDMTS(rctl) ((rctl) >> 8 & 3) /* what "few descriptors" means */
#define RCTL_MO(rctl)	 ((rctl) >> 12 & 3)
#define RCTL_BAM	 (1u << 15) /* broadcasts */
#define RCTL_BSIZE(rctl) ((rctl) >> 16 & 3)
#define RCTL_VFE	 (1u << 18) /* VLANs only as the table says */
#define RCTL_BSEX	 (1u << 25) /* buffers are 16 times as large */
#define RCTL_SECRC	 (1u << 26) /* without the checksum */

#define STATUS_DD   0x01 /* the descriptor is the driver's again */
#define STATUS_EOP  0x02 /* the frame ends here */
#define STATUS_IXSM 0x04 /* no checksum was looked at */
#define STATUS_VP   0x08 /* there was a VLAN tag; it is in the descriptor */
#define ERROR_RXE   0x80 /* data are missing */

#define RA_VALID     (1u << 31)
#define VLAN_TAG_LEN 4
#define VLAN_ID(tag) ((tag)&0xfff)
#define WIRE_LEN_MAX 1522 /* with tag and checksum */
#define WIRE_LEN_MIN 60	  /* without the checksum: the sender pads */

/* Frames taken in one go, before others get their turn. */
#define ROUND_MAX 64

struct descriptor {
	uint64_t addr;
	uint16_t len, checksum;
	uint8_t status, errors;
	uint16_t special;
};

_Static_assert(sizeof(struct descriptor) == E1000_DESC_SIZE, "as in the guest's memory");

static uint32_t buffer_size(uint32_t rctl)
{
	uint32_t size = 2048u >> RCTL_BSIZE(rctl);

	return rctl & RCTL_BSEX && RCTL_BSIZE(rctl) ? size * 16 : size;
}

static uint32_t free_cnt(const struct e1000_ring *ring)
{
	return (ring->tail + ring->cnt - ring->head) % ring->cnt;
}

/* A hash of 12 bits out of the last two bytes picks the bit: RCTL.MO says which 12. */
static bool multicast_matches(struct e1000 *e, uint32_t rctl, const uint8_t *addr)
{
	static const unsigned int shifts[] = {4, 3, 2, 0};
	uint32_t hash = ((addr[5] << 8 | addr[4]) >> shifts[RCTL_MO(rctl)]) & 0xfff;

	return e1000_reg(e, E1000_MTA)[hash / 32] >> hash % 32 & 1;
}

static bool unicast_matches(struct e1000 *e, const uint8_t *addr)
{
	const uint32_t *ra = e1000_reg(e, E1000_RA);
	uint32_t low;
	uint16_t high;

	memcpy(&low, addr, sizeof(low));
	memcpy(&high, addr + sizeof(low), sizeof(high));
	for (unsigned int i = 0; i < 2 * E1000_RA_CNT; i += 2)
		if (ra[i + 1] & RA_VALID && ra[i] == low && (uint16_t)ra[i + 1] == high)
			return true;
	return false;
}

static bool has_vlan_tag(struct e1000 *e, const uint8_t *frame, size_t len)
{
	uint16_t type;

	memcpy(&type, frame + 2 * ETH_ALEN, sizeof(type));
	return len >= ETH_HLEN + VLAN_TAG_LEN && ntohs(type) == *e1000_reg(e, E1000_VET);
}

static uint16_t vlan_tag(const uint8_t *frame)
{
	return (uint16_t)(frame[ETH_HLEN] << 8 | frame[ETH_HLEN + 1]);
}

/* The filters (manual, 3.2.1): length, VLAN, then the destination. */
static bool is_for_us(struct e1000 *e, uint32_t rctl, const uint8_t *frame, size_t len)
{
	if (len < ETH_HLEN || (len + ETH_FCS_LEN > WIRE_LEN_MAX && !(rctl & RCTL_LPE)))
		return false;
	if (rctl & RCTL_VFE && has_vlan_tag(e, frame, len)) {
		uint16_t id = VLAN_ID(vlan_tag(frame));

		if (!(e1000_reg(e, E1000_VFTA)[id / 32] >> id % 32 & 1))
			return false;
	}
	if (e1000_is_broadcast(frame) && rctl & RCTL_BAM)
		return true;
	if (frame[0] & 1)
		return rctl & RCTL_MPE || multicast_matches(e, rctl, frame);
	return rctl & RCTL_UPE || unicast_matches(e, frame);
}

static void count(struct e1000 *e, const uint8_t *frame, size_t len)
{
	uint32_t *low = e1000_reg(e, E1000_GORCL), *high = e1000_reg(e, E1000_GORCH);
	uint64_t bytes = (*low | (uint64_t)*high << 32) + len;

	*low = (uint32_t)bytes;
	*high = (uint32_t)(bytes >> 32);
	++*e1000_reg(e, E1000_GPRC);
	if (e1000_is_broadcast(frame))
		++*e1000_reg(e, E1000_BPRC);
	else if (frame[0] & 1)
		++*e1000_reg(e, E1000_MPRC);
}

/* len bytes of the frame, padded with zeroes to padded bytes, into the descriptor's buffer. */
static uint8_t fill(struct e1000 *e, gpa_t to, const uint8_t *from, size_t len, size_t padded)
{
	uint8_t *buffer = guest_memory_at(e->memory, to, padded);

	if (!buffer)
		return ERROR_RXE;
	memcpy(buffer, from, len);
	memset(buffer + len, 0, padded - len);
	return 0;
}

/* The driver looks at the status: it is written with the rest of its half, and last. */
static void write_back(struct e1000 *e, gpa_t addr, const struct descriptor *d)
{
	uint8_t *to = guest_memory_at(e->memory, addr, sizeof(*d));
	uint64_t half;

	memcpy(&half, &d->len, sizeof(half));
	if (to)
		__atomic_store_n((uint64_t *)(void *)(to + sizeof(half)), half, __ATOMIC_RELEASE);
}

/*
 * Into as many buffers as it takes: there are enough. total counts padding and checksum, whose
 * bytes are zero: this wire makes no errors.
 */
static bool deliver(struct e1000 *e, struct e1000_ring *ring, const uint8_t *frame, size_t len,
		    size_t total, const struct descriptor *last)
{
	uint32_t size = buffer_size(*e1000_reg(e, E1000_RCTL));

	for (size_t done = 0, part, ours; done < total; done += part) {
		gpa_t addr = e1000_desc(ring, ring->head);
		struct descriptor d;

		if (guest_memory_read(e->memory, addr, &d, sizeof(d)) < 0)
			return false;
		part = total - done < size ? total - done : size;
		ours = done >= len ? 0 : len - done < part ? len - done : part;
		d.len = (uint16_t)part;
		d.checksum = d.special = 0;
		d.status = STATUS_DD;
		d.errors = fill(e, GPA(d.addr), frame + (ours ? done : 0), ours, part);
		if (done + part == total) {
			d.status = last->status;
			d.special = last->special;
		}
		write_back(e, addr, &d);
		ring->head = (ring->head + 1) % ring->cnt;
	}
	return true;
}

/* With CTRL.VME the tag travels in the descriptor: it is taken out of the copy of ours. */
static void strip_vlan_tag(uint8_t *frame, size_t *len, struct descriptor *last)
{
	last->special = vlan_tag(frame);
	last->status |= STATUS_VP;
	*len -= VLAN_TAG_LEN;
	memmove(frame + 2 * ETH_ALEN, frame + 2 * ETH_ALEN + VLAN_TAG_LEN, *len - 2 * ETH_ALEN);
}

WALK void e1000_receive(struct e1000 *e, uint8_t *frame, size_t len)
{
	uint32_t rctl = *e1000_reg(e, E1000_RCTL), cause = CAUSE_RXT0;
	struct descriptor last = {.status = STATUS_DD | STATUS_EOP | STATUS_IXSM};
	struct e1000_ring ring;
	size_t total;

	++*e1000_reg(e, E1000_TPR);
	if (!e1000_link_is_up(e) || !(rctl & RCTL_EN) || !is_for_us(e, rctl, frame, len))
		return;
	if (*e1000_reg(e, E1000_CTRL) & CTRL_VME && has_vlan_tag(e, frame, len))
		strip_vlan_tag(frame, &len, &last);
	total = len < WIRE_LEN_MIN ? WIRE_LEN_MIN : len;
	total += rctl & RCTL_SECRC ? 0 : ETH_FCS_LEN;
	if (!pci_is_bus_master(&e->pci) || !e1000_ring(e, E1000_RDBAL, &ring) ||
	    free_cnt(&ring) < (total + buffer_size(rctl) - 1) / buffer_size(rctl) ||
	    !deliver(e, &ring, frame, len, total, &last)) {
		++*e1000_reg(e, E1000_MPC);
		e1000_raise(e, CAUSE_RXO);
		return;
	}
	count(e, frame, total);
	*e1000_reg(e, E1000_RDH) = ring.head;
	if (free_cnt(&ring) <= ring.cnt >> (RCTL_RDMTS(rctl) + 1))
		cause |= CAUSE_RXDMT0;
	e1000_raise(e, cause);
}

/* False: the ring has no room for the largest frame, but the driver is about to make some. */
static bool has_room(struct e1000 *e)
{
	uint32_t rctl = *e1000_reg(e, E1000_RCTL);
	struct e1000_ring ring;

	if (!(rctl & RCTL_EN) || !e1000_ring(e, E1000_RDBAL, &ring))
		return true; /* nobody listens: frames go by */
	return (uint64_t)free_cnt(&ring) * buffer_size(rctl) >= WIRE_LEN_MAX;
}

/* Frames that find no room wait with the network, and are not lost; it is not listened to. */
WALK void e1000_drain(struct e1000 *e)
{
	for (int i = 0; i < ROUND_MAX; i++) {
		ssize_t len;

		if (!has_room(e)) {
			e->rx_paused = true;
			event_loop_listen(e->loop, e->net->fd, false);
			return;
		}
		len = e->net->receive(e->net, e->rx_frame, sizeof(e->rx_frame));
		if (!len)
			return;
		if (len < 0) {
			complain("e1000: receive: %s; it hears nothing any more",
				 strerror((int)-len));
			event_loop_remove(e->loop, e->net->fd);
			return;
		}
		e1000_receive(e, e->rx_frame, (size_t)len);
	}
}

void e1000_receive_again(struct e1000 *e)
{
	if (!e->rx_paused || !has_room(e))
		return;
	e->rx_paused = false;
	event_loop_listen(e->loop, e->net->fd, true);
}
