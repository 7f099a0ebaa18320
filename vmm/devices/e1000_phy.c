/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns the card's PHY, a Marvell 88E1011 (manual, 13.4.24 and 9; IEEE 802.3 clause 22). Its cable
 * is always good for 1000 Mb/s, full duplex, as long as the PHY has power.
 */
#include <linux/mii.h>

#include "vmm/devices/e1000.h"

/* MDIC (13.4.6) */
#define MDIC_DATA	0xffffu
#define MDIC_REG(value) ((value) >> 16 & (E1000_PHY_CNT - 1))
#define MDIC_PHY(value) ((value) >> 21 & 0x1f)
#define MDIC_OP(value)	((value) >> 26 & 3)
#define MDIC_WRITE	1
#define MDIC_READ	2
#define MDIC_READY	(1u << 28)
#define MDIC_IRQ	(1u << 29)
#define MDIC_ERROR	(1u << 30)
#define PHY_ADDR	1

/* The registers that 802.3 does not name. */
#define PHY_SPECIFIC_CONTROL	 16
#define PHY_SPECIFIC_STATUS	 17
#define PHY_IRQ_ENABLE		 18
#define PHY_EXT_SPECIFIC_CONTROL 20
#define PHY_PAGE		 29
#define PHY_PAGE_DATA		 30

#define ID1	 0x0141
#define ID2	 0x0c20
#define ANY_DONE (BMSR_LSTATUS | BMSR_ANEGCOMPLETE)

static const struct {
	uint16_t at_reset, writable;
} phy_regs[E1000_PHY_CNT] = {
	[MII_BMCR] = {BMCR_ANENABLE | BMCR_FULLDPLX | BMCR_SPEED1000, 0x7dc0},
	[MII_BMSR] = {BMSR_100FULL | BMSR_100HALF | BMSR_10FULL | BMSR_10HALF | BMSR_ESTATEN |
			      0x40 | ANY_DONE | BMSR_ANEGCAPABLE | BMSR_ERCAP,
		      0},
	[MII_PHYSID1] = {ID1, 0},
	[MII_PHYSID2] = {ID2, 0},
	[MII_ADVERTISE] = {ADVERTISE_ALL | ADVERTISE_CSMA | ADVERTISE_PAUSE_CAP |
				   ADVERTISE_PAUSE_ASYM,
			   0xffff},
	[MII_LPA] = {LPA_LPACK | LPA_PAUSE_CAP | LPA_100FULL | LPA_100HALF | LPA_10FULL |
			     LPA_10HALF | ADVERTISE_CSMA,
		     0},
	[MII_EXPANSION] = {EXPANSION_NWAY, 0},
	[MII_CTRL1000] = {ADVERTISE_1000FULL, 0xff00},
	[MII_STAT1000] = {LPA_1000LOCALRXOK | LPA_1000REMRXOK | LPA_1000FULL, 0},
	[MII_ESTATUS] = {ESTATUS_1000_TFULL | ESTATUS_1000_THALF, 0},
	[PHY_SPECIFIC_CONTROL] = {0x0060, 0xffff},
	[PHY_SPECIFIC_STATUS] = {0xac00, 0}, /* 1000 Mb/s, full duplex, resolved, link */
	[PHY_IRQ_ENABLE] = {0, 0xffff},
	[PHY_EXT_SPECIFIC_CONTROL] = {0x0d60, 0xffff},
	[PHY_PAGE] = {0, 0xffff},
	[PHY_PAGE_DATA] = {0, 0xffff},
};

void e1000_phy_reset(struct e1000 *e)
{
	for (unsigned int i = 0; i < E1000_PHY_CNT; i++)
		e->phy[i] = phy_regs[i].at_reset;
}

bool e1000_link_is_up(const struct e1000 *e)
{
	return !(e->phy[MII_BMCR] & (BMCR_PDOWN | BMCR_ISOLATE));
}

/* With the link go what its partner said, and what came of it. */
static uint16_t phy_read(const struct e1000 *e, unsigned int reg)
{
	uint16_t value = e->phy[reg];

	if (e1000_link_is_up(e))
		return value;
	switch (reg) {
	case MII_BMSR:
		return (uint16_t)(value & ~ANY_DONE);
	case MII_LPA:
	case MII_STAT1000:
	case PHY_SPECIFIC_STATUS:
		return 0;
	default:
		return value;
	}
}

static void phy_write(struct e1000 *e, unsigned int reg, uint16_t value)
{
	bool was_up = e1000_link_is_up(e);
	uint16_t writable = phy_regs[reg].writable;

	if (reg == MII_BMCR && value & BMCR_RESET)
		e1000_phy_reset(e);
	else
		e->phy[reg] = (uint16_t)((e->phy[reg] & ~writable) | (value & writable));
	if (reg != MII_BMCR)
		return;
	/* Negotiation is over as soon as it begins: the bit that asks for it does not stay. */
	if (was_up != e1000_link_is_up(e) || value & (BMCR_RESET | BMCR_ANRESTART))
		e1000_raise(e, CAUSE_LSC);
}

uint32_t e1000_phy_command(struct e1000 *e, uint32_t value)
{
	unsigned int reg = MDIC_REG(value);

	value &= ~(MDIC_READY | MDIC_ERROR);
	if (MDIC_PHY(value) != PHY_ADDR)
		value |= MDIC_ERROR;
	else if (MDIC_OP(value) == MDIC_READ)
		value = (value & ~MDIC_DATA) | phy_read(e, reg);
	else if (MDIC_OP(value) == MDIC_WRITE)
		phy_write(e, reg, (uint16_t)value);
	else
		value |= MDIC_ERROR;
	if (value & MDIC_IRQ)
		e1000_raise(e, CAUSE_MDAC);
	return value | MDIC_READY;
}
