/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the card's transmitter: from the ring's descriptors (manual, 3.3) to frames on the wire. */
#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>

#include "vmm/devices/e1000.h"
#include "vmm/walk.h"

#define TCTL_EN	     (1u << 1)
#define TCTL_PSP     (1u << 3) /* pad short packets */
#define WIRE_LEN_MIN 60	       /* without the checksum */

/* Descriptors taken in one go, before others get their turn. */
#define ROUND_MAX 256

/* The command byte of all three kinds, and the status that is written back. */
#define CMD_EOP	 0x01 /* the frame ends here */
#define CMD_IC	 0x04 /* legacy: insert a checksum */
#define CMD_TSE	 0x04 /* else: segmentation */
#define CMD_RS	 0x08 /* report when done */
#define CMD_DEXT 0x20 /* not a legacy descriptor */
#define CMD_VLE	 0x40 /* legacy and data: insert a VLAN tag */
#define STA_DD	 0x01

/* A context's command byte says what its headers are. */
#define TUCMD_TCP  0x01
#define TUCMD_IPV4 0x02

#define TYPE_CONTEXT 0
#define TYPE_DATA    1
#define POPTS_IXSM   0x01 /* IP checksum */
#define POPTS_TXSM   0x02 /* TCP or UDP checksum */

/*
 * Sixteen bytes, little-endian, read three ways:
 *
 *		 0        8             11        12      13     14
 *	legacy   address  length  cso   cmd       status  css    VLAN tag
 *	data     address  length 20, 4  cmd       status  popts  VLAN tag
 *	context  ip, l4   length 20, 4  cmd       status  hdrlen mss
 *
 * with the type in the upper 4 bits of byte 10 of the lower two.
 */
struct descriptor {
	union {
		uint64_t addr;
		struct {
			uint8_t ip_start, ip_sum;
			uint16_t ip_end;
			uint8_t l4_start, l4_sum;
			uint16_t l4_end;
		};
	};
	uint16_t len;
	uint8_t len_high_and_type; /* legacy: where the checksum goes */
	uint8_t cmd;
	uint8_t status;
	uint8_t options; /* legacy: where the checksum begins */
	uint16_t special;
};

_Static_assert(sizeof(struct descriptor) == E1000_DESC_SIZE, "as in the guest's memory");

static void count(struct e1000 *e, const uint8_t *frame, size_t len)
{
	uint32_t *low = e1000_reg(e, E1000_GOTCL), *high = e1000_reg(e, E1000_GOTCH);
	uint64_t bytes = (*low | (uint64_t)*high << 32) + len;

	*low = (uint32_t)bytes;
	*high = (uint32_t)(bytes >> 32);
	++*e1000_reg(e, E1000_GPTC);
	++*e1000_reg(e, E1000_TPT);
	if (e1000_is_broadcast(frame))
		++*e1000_reg(e, E1000_BPTC);
	else if (frame[0] & 1)
		++*e1000_reg(e, E1000_MPTC);
}

/* What the network does not take is lost, as on a real one. */
static void emit(void *owner, const uint8_t *header, size_t header_len, const uint8_t *data,
		 size_t len)
{
	struct e1000 *e = owner;
	struct iovec pieces[] = {{(void *)header, header_len}, {(void *)data, len}};

	count(e, header, header_len + len);
	if (e1000_link_is_up(e))
		e->net->send(e->net, pieces, len ? 2 : 1);
}

/* All descriptors of the frame have been read. */
static void finish_frame(struct e1000 *e)
{
	struct e1000_tx *tx = &e->tx;
	const struct e1000_context *c = &tx->contexts[tx->segment];

	tx->is_started = false;
	if (tx->is_bad || tx->len < ETH_HLEN)
		return;
	if (tx->segment) {
		if (offload_segment(c, tx->frame, tx->len, tx->sum_ip, tx->sum_l4, emit, e))
			++*e1000_reg(e, E1000_TSCTC);
		return;
	}
	if (tx->sum_ip)
		offload_checksum(tx->frame, tx->len, c->ip_start, c->ip_end, c->ip_sum);
	if (tx->sum_l4)
		offload_checksum(tx->frame, tx->len, c->l4_start, c->l4_end, c->l4_sum);
	if (*e1000_reg(e, E1000_TCTL) & TCTL_PSP && tx->len < WIRE_LEN_MIN) {
		memset(tx->frame + tx->len, 0, WIRE_LEN_MIN - tx->len);
		tx->len = WIRE_LEN_MIN;
	}
	emit(e, tx->frame, tx->len, NULL, 0);
}

static void take_context(struct e1000 *e, const struct descriptor *d)
{
	e->tx.contexts[!!(d->cmd & CMD_TSE)] = (struct e1000_context){
		.ip_start = d->ip_start,
		.ip_sum = d->ip_sum,
		.ip_end = d->ip_end,
		.l4_start = d->l4_start,
		.l4_sum = d->l4_sum,
		.l4_end = d->l4_end,
		.header_len = d->options,
		.mss = d->special,
		.is_ipv4 = d->cmd & TUCMD_IPV4,
		.is_tcp = d->cmd & TUCMD_TCP,
	};
}

/* The first descriptor of a frame says what is to be done with all of it. */
static void start_frame(struct e1000 *e, const struct descriptor *d, bool is_data)
{
	struct e1000_tx *tx = &e->tx;

	tx->len = 0;
	tx->is_started = true;
	tx->is_bad = false;
	tx->segment = is_data && d->cmd & CMD_TSE;
	tx->sum_ip = is_data && d->options & POPTS_IXSM;
	tx->sum_l4 = is_data && d->options & POPTS_TXSM;
}

/* The tag goes behind the two addresses, once these are there. */
static void insert_vlan_tag(struct e1000 *e, uint16_t tag)
{
	struct e1000_tx *tx = &e->tx;
	uint16_t words[] = {htons((uint16_t)*e1000_reg(e, E1000_VET)), htons(tag)};
	uint8_t *at = tx->frame + 2 * ETH_ALEN;

	if (tx->len < 2 * ETH_ALEN || tx->len > E1000_FRAME_MAX - sizeof(words))
		return;
	memmove(at + sizeof(words), at, tx->len - 2 * ETH_ALEN);
	memcpy(at, words, sizeof(words));
	tx->len += sizeof(words);
}

static void append(struct e1000 *e, gpa_t addr, uint32_t len)
{
	struct e1000_tx *tx = &e->tx;

	if (len > E1000_FRAME_MAX - tx->len ||
	    guest_memory_read(e->memory, addr, tx->frame + tx->len, len) < 0)
		tx->is_bad = true;
	else
		tx->len += len;
}

static void take(struct e1000 *e, const struct descriptor *d)
{
	bool is_legacy = !(d->cmd & CMD_DEXT);
	unsigned int type = d->len_high_and_type >> 4;
	uint32_t len = d->len;

	if (!is_legacy && type != TYPE_DATA) {
		if (type == TYPE_CONTEXT)
			take_context(e, d);
		return;
	}
	if (!e->tx.is_started)
		start_frame(e, d, !is_legacy);
	if (!is_legacy)
		len |= (uint32_t)(d->len_high_and_type & 0xf) << 16;
	append(e, GPA(d->addr), len);
	if (!(d->cmd & CMD_EOP))
		return;
	if (is_legacy && d->cmd & CMD_IC)
		offload_checksum(e->tx.frame, e->tx.len, d->options, 0, d->len_high_and_type);
	if (d->cmd & CMD_VLE && *e1000_reg(e, E1000_CTRL) & CTRL_VME)
		insert_vlan_tag(e, d->special);
	finish_frame(e);
}

/* Status only: the driver may read what else it wrote. */
static void write_back(struct e1000 *e, gpa_t addr, const struct descriptor *d)
{
	uint8_t *status =
		guest_memory_at(e->memory, GPA(addr.v + offsetof(struct descriptor, status)), 1);

	if (status)
		__atomic_store_n(status, d->status | STA_DD, __ATOMIC_RELEASE);
}

WALK void e1000_transmit(struct e1000 *e)
{
	struct e1000_ring ring;
	struct descriptor d;
	uint32_t cause = 0, head;

	if (!(*e1000_reg(e, E1000_TCTL) & TCTL_EN) || !pci_is_bus_master(&e->pci) ||
	    !e1000_ring(e, E1000_TDBAL, &ring))
		return;
	head = ring.head;
	for (int i = 0; i < ROUND_MAX && head != ring.tail; i++) {
		gpa_t addr = e1000_desc(&ring, head);

		if (guest_memory_read(e->memory, addr, &d, sizeof(d)) < 0)
			break; /* the ring is not in memory: it stays as it is */
		take(e, &d);
		head = (head + 1) % ring.cnt;
		if (!(d.cmd & CMD_RS))
			continue;
		write_back(e, addr, &d);
		cause |= CAUSE_TXDW;
	}
	if (head == ring.head)
		return;
	*e1000_reg(e, E1000_TDH) = head;
	if (head == ring.tail)
		cause |= CAUSE_TXQE;
	else if (e->again_fd >= 0)
		eventfd_write(e->again_fd, 1);
	e1000_raise(e, cause);
}
