/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The e1000, an Intel 82540EM network card: what its files share. e1000.c makes the card,
 * e1000_regs.c is its register window, e1000_eeprom.c and e1000_phy.c are behind it;
 * e1000_tx.c, e1000_offload.c and e1000_rx.c move frames.
 */
#ifndef VMM_E1000_H
#define VMM_E1000_H

#include <linux/if_ether.h>
#include <string.h>

#include "vmm/devices/e1000_offload.h"
#include "vmm/devices/irq_throttle.h"
#include "vmm/devices/pci.h"
#include "vmm/event_loop.h"
#include "vmm/guest_memory.h"
#include "vmm/net_backend.h"

#define E1000_VENDOR	 0x8086
#define E1000_DEVICE	 0x100e
#define E1000_MMIO_SIZE	 0x20000
#define E1000_PORT_SIZE	 0x40
#define E1000_REGS_SIZE	 0x5824 /* no register that we have lies above */
#define E1000_DESC_SIZE	 16
#define E1000_RA_CNT	 16
#define E1000_FRAME_MAX	 0x10000 /* bytes of a frame to send, before it is cut into segments */
#define E1000_EEPROM_CNT 64	 /* words */
#define E1000_PHY_CNT	 32

enum e1000_register {
#define E1000_REG(name, offset, ...) E1000_##name = (offset),
#include "vmm/devices/e1000_regs.def"
#undef E1000_REG
};

/* CTRL, STATUS */
#define CTRL_RST     (1u << 26)
#define CTRL_VME     (1u << 30) /* VLAN tags travel in descriptors */
#define CTRL_PHY_RST (1u << 31)
#define STATUS_FD    (1u << 0)
#define STATUS_LU    (1u << 1)

/* ICR, ICS, IMS, IMC */
#define CAUSE_TXDW   (1u << 0) /* a descriptor was written back */
#define CAUSE_TXQE   (1u << 1) /* the transmit ring is empty */
#define CAUSE_LSC    (1u << 2) /* the link has changed */
#define CAUSE_RXDMT0 (1u << 4) /* few receive descriptors are left */
#define CAUSE_RXO    (1u << 6) /* a frame found none */
#define CAUSE_RXT0   (1u << 7) /* a frame is there */
#define CAUSE_MDAC   (1u << 9) /* the access to the PHY is done */
#define CAUSE_ALL    0x0001ffffu

struct e1000_tx {
	struct e1000_context contexts[2]; /* [1] is for segmentation, [0] for the rest */
	uint8_t *frame;			  /* what the descriptors have brought so far */
	uint32_t len;			  /* bytes */
	bool is_started;		  /* the frame's first descriptor has been seen */
	bool is_bad;			  /* the frame is not to be sent */
	bool sum_ip, sum_l4, segment;	  /* its offloads */
};

struct e1000 {
	struct pci_function pci;
	pthread_mutex_t lock; /* guards all below; taken before the bus's */
	const struct guest_memory *memory;
	struct net_backend *net; /* owned */
	struct event_loop *loop; /* borrowed; NULL: nothing happens but by the guest */
	int timer_fd, again_fd;	 /* the next interrupt may be; there is more to send; or -1 */
	bool rx_paused;		 /* frames wait in the backend for descriptors */
	struct irq_throttle throttle;
	bool irq;	      /* the line, as it should be */
	uint32_t cause, mask; /* ICR and IMS */
	uint32_t port_addr;   /* IOADDR: the register that the I/O BAR's IODATA is */
	struct e1000_tx tx;
	struct {
		uint16_t words[E1000_EEPROM_CNT];
		uint32_t wires;		  /* EECD, as the guest last drove it */
		uint32_t in, in_cnt, out; /* bits of the command so far; bits of the answer */
	} eeprom;
	uint16_t phy[E1000_PHY_CNT];
	uint8_t rx_frame[NET_FRAME_MAX];
	uint8_t rows[E1000_REGS_SIZE / 4]; /* 1 + index of the register's row, or 0 */
	uint32_t regs[E1000_REGS_SIZE / 4];
};

/*
 * A card on the bus, called what the backend says. It owns the backend from now on, even if it
 * cannot be made (NULL after a message). memory and loop are borrowed; loop ends before the card.
 */
struct e1000 *e1000_new(struct pci_bus *bus, const struct guest_memory *memory,
			struct event_loop *loop, struct net_backend *net);
void e1000_free(struct e1000 *e);

/* The two BARs' callbacks; the owner is the card. Global, as a tracer finds them by name. */
bus_read_fn e1000_mmio_read, e1000_port_in;
bus_write_fn e1000_mmio_write, e1000_port_out;

/* All below is between the card's files; the lock is held. */

/* Fills rows; and the registers as after power-on. */
void e1000_regs_init(struct e1000 *e);
void e1000_regs_reset(struct e1000 *e);

/* CTRL's reset: registers and interrupts as after power-on; neither PHY nor EEPROM. */
void e1000_reset(struct e1000 *e);

/* Something happened: CAUSE_* bits. e1000_irq_update() when only the mask changed. */
void e1000_raise(struct e1000 *e, uint32_t cause);
void e1000_irq_update(struct e1000 *e);

void e1000_eeprom_init(struct e1000 *e, const uint8_t mac[ETH_ALEN]);
uint32_t e1000_eeprom_wires(const struct e1000 *e); /* EECD */
void e1000_eeprom_drive(struct e1000 *e, uint32_t wires);
uint32_t e1000_eeprom_command(const struct e1000 *e, uint32_t value); /* EERD */

void e1000_phy_reset(struct e1000 *e);
uint32_t e1000_phy_command(struct e1000 *e, uint32_t value); /* MDIC */
bool e1000_link_is_up(const struct e1000 *e);

/* Sends what the transmit ring holds, a bounded part at a time. */
void e1000_transmit(struct e1000 *e);

/* The receive ring may have got room: the backend is listened to again. */
void e1000_receive_again(struct e1000 *e);

/* One frame from the wire (scratched) goes through the filters into the ring, if it has room. */
void e1000_receive(struct e1000 *e, uint8_t *frame, size_t len);

/* The backend has frames: takes a bounded number of them. */
void e1000_drain(struct e1000 *e);

static inline uint32_t *e1000_reg(struct e1000 *e, unsigned int offset)
{
	return &e->regs[offset / 4];
}

static inline bool e1000_is_broadcast(const uint8_t *frame)
{
	return !memcmp(frame, "\xff\xff\xff\xff\xff\xff", ETH_ALEN);
}

/* A ring of descriptors, as the registers from RDBAL or TDBAL on tell of it. */
struct e1000_ring {
	uint64_t base;
	uint32_t cnt, head, tail;
};

/* False if head or tail lie outside of the ring: then there is nothing in it. */
bool e1000_ring(const struct e1000 *e, unsigned int bal, struct e1000_ring *ring);

static inline gpa_t e1000_desc(const struct e1000_ring *ring, uint32_t i)
{
	return GPA(ring->base + (uint64_t)i * E1000_DESC_SIZE);
}

#endif
