/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the encoding of AML: ACPI specification 6.4, 20.2. */
#include <string.h>

#include "vmm/aml.h"

#define AML_NAME     0x08
#define AML_BYTE     0x0a
#define AML_WORD     0x0b
#define AML_DWORD    0x0c
#define AML_STRING   0x0d
#define AML_SCOPE    0x10
#define AML_BUFFER   0x11
#define AML_PACKAGE  0x12
#define AML_EXTENDED 0x5b
#define AML_DEVICE   0x82 /* after AML_EXTENDED */

/* A length comes before what it measures: three bytes are set aside for it, and filled later. */
#define LENGTH_SIZE 3

void aml_bytes(struct aml *aml, const void *bytes, size_t len)
{
	if (aml->full || len > aml->room - aml->len) {
		aml->full = true;
		return;
	}
	memcpy(aml->bytes + aml->len, bytes, len);
	aml->len += len;
}

static void put8(struct aml *aml, uint8_t value)
{
	aml_bytes(aml, &value, 1);
}

static void put16(struct aml *aml, uint16_t value)
{
	aml_bytes(aml, &value, 2);
}

static void put32(struct aml *aml, uint32_t value)
{
	aml_bytes(aml, &value, 4);
}

static void open_length(struct aml *aml)
{
	if (aml->depth == AML_DEPTH_MAX) {
		aml->full = true;
		return;
	}
	aml->open[aml->depth++] = aml->len;
	aml_bytes(aml, "\0\0\0", LENGTH_SIZE);
}

/* 20 bits in three bytes: "two more bytes" and 4 bits, 8 bits, 8 bits. They count themselves. */
void aml_end(struct aml *aml)
{
	uint8_t *at;
	size_t len;

	if (aml->full)
		return;
	at = aml->bytes + aml->open[--aml->depth];
	len = (size_t)(aml->bytes + aml->len - at);
	at[0] = (uint8_t)(2 << 6 | (len & 0xf));
	at[1] = (uint8_t)(len >> 4);
	at[2] = (uint8_t)(len >> 12);
}

static void name(struct aml *aml, const char *text)
{
	put8(aml, AML_NAME);
	aml_bytes(aml, text, 4);
}

void aml_integer(struct aml *aml, uint32_t value)
{
	if (value < 2) {
		put8(aml, (uint8_t)value); /* ZeroOp, OneOp */
	} else if (value <= UINT8_MAX) {
		put8(aml, AML_BYTE);
		put8(aml, (uint8_t)value);
	} else {
		put8(aml, AML_DWORD);
		put32(aml, value);
	}
}

void aml_name_integer(struct aml *aml, const char *text, uint32_t value)
{
	name(aml, text);
	aml_integer(aml, value);
}

void aml_scope(struct aml *aml, const char *text)
{
	put8(aml, AML_SCOPE);
	open_length(aml);
	aml_bytes(aml, text, strlen(text));
}

void aml_package(struct aml *aml, const char *text, uint8_t cnt)
{
	name(aml, text);
	put8(aml, AML_PACKAGE);
	open_length(aml);
	put8(aml, cnt);
}

/* "PNP0501" in 32 bits: three letters of 5 bits, four digits of 4; high byte first. 19.3.4. */
static void eisa_id(struct aml *aml, const char *text)
{
	uint32_t id = 0;

	for (unsigned int i = 0; i < 3; i++)
		id = id << 5 | (text[i] & 0x1f);
	for (unsigned int i = 3; i < 7; i++)
		id = id << 4 | (uint32_t)(text[i] <= '9' ? text[i] - '0' : text[i] - 'A' + 10);
	put8(aml, AML_DWORD);
	put32(aml, __builtin_bswap32(id));
}

void aml_device(struct aml *aml, const char *text, const char *hid, uint32_t uid)
{
	put8(aml, AML_EXTENDED);
	put8(aml, AML_DEVICE);
	open_length(aml);
	aml_bytes(aml, text, 4);
	name(aml, "_HID");
	if (strlen(hid) == 7) {
		eisa_id(aml, hid);
	} else {
		put8(aml, AML_STRING);
		aml_bytes(aml, hid, strlen(hid) + 1);
	}
	aml_name_integer(aml, "_UID", uid);
}

/* A buffer: its own length, then, as a word, how many bytes it holds. */
void aml_resources(struct aml *aml)
{
	name(aml, "_CRS");
	put8(aml, AML_BUFFER);
	open_length(aml);
	put8(aml, AML_WORD);
	put16(aml, 0);
}

void aml_end_resources(struct aml *aml)
{
	uint16_t size;

	aml_bytes(aml, "\x79", 2); /* end tag, 6.4.2.9; a checksum of 0 is not checked */
	if (aml->full)
		return;
	size = (uint16_t)(aml->len - aml->open[aml->depth - 1] - LENGTH_SIZE - 3);
	memcpy(aml->bytes + aml->open[aml->depth - 1] + LENGTH_SIZE + 1, &size, 2);
	aml_end(aml);
}

/* 6.4.2.5, I/O port descriptor: 16 bits are decoded. */
void aml_ports(struct aml *aml, uint16_t base, uint8_t len)
{
	put8(aml, 0x47);
	put8(aml, 1);
	put16(aml, base);
	put16(aml, base);
	put8(aml, 1);
	put8(aml, len);
}

/* 6.4.3.4, 32-bit fixed memory range descriptor: writable. */
void aml_memory(struct aml *aml, uint32_t base, uint32_t len)
{
	put8(aml, 0x86);
	put16(aml, 9);
	put8(aml, 1);
	put32(aml, base);
	put32(aml, len);
}

/* 6.4.3.6, extended interrupt descriptor: bit 0 consumer, bit 1 edge; active high. */
void aml_interrupt(struct aml *aml, uint32_t gsi, bool level)
{
	put8(aml, 0x89);
	put16(aml, 6);
	put8(aml, level ? 0x1 : 0x3);
	put8(aml, 1);
	put32(aml, gsi);
}

/*
 * 6.4.3.5, address space descriptors: what it is (0 memory, 1 ports, 2 bus numbers), flags (both
 * bounds are fixed; we hand it down), flags of the kind, granularity, first, last, offset, count.
 */
static void word_space(struct aml *aml, uint8_t kind, uint8_t flags, uint16_t first, uint16_t last)
{
	put8(aml, 0x88);
	put16(aml, 13);
	put8(aml, kind);
	put8(aml, 0x0c);
	put8(aml, flags);
	put16(aml, 0);
	put16(aml, first);
	put16(aml, last);
	put16(aml, 0);
	put16(aml, (uint16_t)(last - first + 1));
}

void aml_bus_numbers(struct aml *aml, uint8_t first, uint8_t last)
{
	word_space(aml, 2, 0, first, last);
}

/* Flags: the whole range of addresses is decoded. */
void aml_port_window(struct aml *aml, uint16_t base, uint16_t len)
{
	word_space(aml, 1, 3, base, (uint16_t)(base + len - 1));
}

/* Flags: writable, not cached. */
void aml_memory_window(struct aml *aml, uint32_t base, uint32_t len)
{
	put8(aml, 0x87);
	put16(aml, 23);
	put8(aml, 0);
	put8(aml, 0x0c);
	put8(aml, 1);
	put32(aml, 0);
	put32(aml, base);
	put32(aml, base + len - 1);
	put32(aml, 0);
	put32(aml, len);
}

/* 6.2.13: an address of slot and "every function", the pin, no link device, the GSI. */
void aml_pci_route(struct aml *aml, uint32_t slot, uint32_t gsi)
{
	put8(aml, AML_PACKAGE);
	open_length(aml);
	put8(aml, 4);
	aml_integer(aml, slot << 16 | 0xffff);
	aml_integer(aml, 0);
	aml_integer(aml, 0);
	aml_integer(aml, gsi);
	aml_end(aml);
}
