/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the card's EEPROM: 64 words behind three wires (a 93C46), or a word at a time. */
#include "vmm/devices/e1000.h"

/* EECD (manual, 13.4.3) */
#define EECD_SK	     (1u << 0) /* clock */
#define EECD_CS	     (1u << 1) /* chip select */
#define EECD_DI	     (1u << 2) /* to the chip */
#define EECD_DO	     (1u << 3) /* from it */
#define EECD_REQUEST (1u << 6)
#define EECD_GRANT   (1u << 7)
#define EECD_PRESENT (1u << 8)
#define EECD_DRIVEN  (EECD_SK | EECD_CS | EECD_DI | EECD_REQUEST | 0x30)

/* EERD (13.4.4) */
#define EERD_START	 (1u << 0)
#define EERD_DONE	 (1u << 4)
#define EERD_ADDR(value) ((value) >> 8 & 0xff)

/* Words of the EEPROM (manual, 5.6). The sum of all 64 is to be 0xbaba. */
enum {
	WORD_COMPATIBILITY = 0x03,
	WORD_INIT_CONTROL_1 = 0x0a,
	WORD_SUBSYSTEM_ID = 0x0b,
	WORD_SUBSYSTEM_VENDOR = 0x0c,
	WORD_DEVICE_ID = 0x0d,
	WORD_VENDOR_ID = 0x0e,
	WORD_INIT_CONTROL_2 = 0x0f,
	WORD_CHECKSUM = 0x3f,
};

#define CHECKSUM 0xbaba

void e1000_eeprom_init(struct e1000 *e, const uint8_t mac[ETH_ALEN])
{
	uint16_t *words = e->eeprom.words, sum = 0;

	for (unsigned int i = 0; i < ETH_ALEN / 2; i++)
		words[i] = (uint16_t)(mac[2 * i] | mac[2 * i + 1] << 8);
	words[WORD_INIT_CONTROL_1] = 0x4003; /* signature; the IDs below are loaded */
	words[WORD_SUBSYSTEM_ID] = words[WORD_DEVICE_ID] = E1000_DEVICE;
	words[WORD_SUBSYSTEM_VENDOR] = words[WORD_VENDOR_ID] = E1000_VENDOR;
	words[WORD_INIT_CONTROL_2] = 0x3040; /* symmetric and asymmetric pause are offered */
	for (unsigned int i = 0; i < WORD_CHECKSUM; i++)
		sum = (uint16_t)(sum + words[i]);
	words[WORD_CHECKSUM] = (uint16_t)(CHECKSUM - sum);
}

static uint16_t word_at(const struct e1000 *e, uint32_t addr)
{
	return addr < E1000_EEPROM_CNT ? e->eeprom.words[addr] : 0xffff;
}

uint32_t e1000_eeprom_command(const struct e1000 *e, uint32_t value)
{
	uint32_t addr = EERD_ADDR(value);

	if (!(value & EERD_START))
		return value & ~EERD_DONE;
	return (uint32_t)word_at(e, addr) << 16 | addr << 8 | EERD_DONE;
}

uint32_t e1000_eeprom_wires(const struct e1000 *e)
{
	uint32_t wires = e->eeprom.wires | EECD_PRESENT;

	if (wires & EECD_REQUEST)
		wires |= EECD_GRANT;
	/* Nobody drives the wire while the chip listens: a resistor pulls it up. */
	if (!(wires & EECD_CS) || e->eeprom.in_cnt < 9 || e->eeprom.out & 1u << 16)
		wires |= EECD_DO;
	return wires;
}

/*
 * Microwire: a command is a start bit (the first 1 after chip select), two bits of opcode and six
 * of address. READ (10b) answers with a 0, then with the word, its highest bit first; a
 * bit moves at each rising clock. The other opcodes would write, and are ignored.
 */
static void clock_rises(struct e1000 *e, bool di)
{
	if (e->eeprom.in_cnt == 9) {
		e->eeprom.out <<= 1;
		return;
	}
	if (!e->eeprom.in_cnt && !di)
		return;
	e->eeprom.in = e->eeprom.in << 1 | di;
	if (++e->eeprom.in_cnt == 9)
		e->eeprom.out = e->eeprom.in >> 6 == 6 ? word_at(e, e->eeprom.in & 0x3f) : 0xffff;
}

void e1000_eeprom_drive(struct e1000 *e, uint32_t wires)
{
	uint32_t rises = wires & ~e->eeprom.wires;

	e->eeprom.wires = wires & EECD_DRIVEN;
	if (!(wires & EECD_CS))
		e->eeprom.in = e->eeprom.in_cnt = e->eeprom.out = 0;
	else if (rises & EECD_SK)
		clock_rises(e, wires & EECD_DI);
}
