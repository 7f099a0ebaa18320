/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns the MP table, by which an operating system without ACPI finds processors and the I/O APIC:
 * Intel's MultiProcessor Specification 1.4, chapter 4.
 */
#include <cpuid.h>
#include <string.h>

#include "vmm/devices/pci.h"
#include "vmm/firmware.h"
#include "vmm/layout.h"
#include "vmm/machine.h"

#define APIC_VERSION	0x14 /* what KVM's say */
#define IO_APIC_VERSION 0x11

struct __attribute__((packed)) floating_pointer {
	char signature[4];
	uint32_t table;
	uint8_t length, revision, checksum, features[5];
};

struct __attribute__((packed)) header {
	char signature[4];
	uint16_t length;
	uint8_t revision, checksum;
	char oem_id[8], product_id[12];
	uint32_t oem_table;
	uint16_t oem_table_size, entry_cnt;
	uint32_t local_apic;
	uint16_t extended_length;
	uint8_t extended_checksum, reserved;
};

enum entry_type { PROCESSOR, BUS, IO_APIC, IO_INTERRUPT, LOCAL_INTERRUPT };

struct __attribute__((packed)) processor {
	uint8_t type, apic_id, apic_version, flags;
	uint32_t signature, features;
	uint64_t reserved;
};

#define PROCESSOR_USABLE 1
#define PROCESSOR_FIRST	 2

struct __attribute__((packed)) bus_entry {
	uint8_t type, id;
	char name[6];
};

struct __attribute__((packed)) io_apic {
	uint8_t type, id, version, usable;
	uint32_t address;
};

/* kind: 0 from a device, 1 NMI, 3 the PICs. flags: 0 as the bus does, 0xd level and high. */
struct __attribute__((packed)) interrupt {
	uint8_t type, kind;
	uint16_t flags;
	uint8_t bus, source, to_apic, to_pin;
};

#define KIND_DEVICE 0
#define KIND_NMI    1
#define KIND_PICS   3
#define LEVEL_HIGH  0xd
#define BUS_PCI	    0 /* the same number as PCI gives it */
#define BUS_ISA	    1
#define ALL_APICS   0xff

struct table {
	union {
		struct header header;
		uint8_t bytes[0x1000];
	};
	size_t len;
};

/* 64 processors and all else are less than 2 KiB. */
static void add(struct table *t, const void *entry, size_t size)
{
	memcpy(t->bytes + t->len, entry, size);
	t->len += size;
	t->header.entry_cnt++;
}

#define ADD(t, type, ...) add(t, &(type){__VA_ARGS__}, sizeof(type))

static void add_processors(struct table *t, unsigned int cnt)
{
	unsigned int eax = 0, ebx, ecx, edx = 0;

	__get_cpuid(1, &eax, &ebx, &ecx, &edx);
	for (unsigned int i = 0; i < cnt; i++)
		ADD(t, struct processor, PROCESSOR, (uint8_t)i, APIC_VERSION,
		    (uint8_t)(i ? PROCESSOR_USABLE : PROCESSOR_USABLE | PROCESSOR_FIRST), eax, edx,
		    0);
}

/* INTA# of every slot; on PCI a source is a slot and which of its four pins. */
static void add_pci(struct table *t, const struct pci_bus *pci, uint8_t io_apic_id)
{
	ADD(t, struct bus_entry, BUS, BUS_PCI, "PCI   ");
	for (uint8_t slot = 0; slot < PCI_SLOT_CNT; slot++)
		ADD(t, struct interrupt, IO_INTERRUPT, KIND_DEVICE, LEVEL_HIGH, BUS_PCI,
		    (uint8_t)(slot << 2), io_apic_id, (uint8_t)pci->irq.number);
}

/* GSI n is pin n. Below 16 they are the ISA bus's, but for 2, where the PICs are chained. */
static void add_interrupts(struct table *t, uint8_t io_apic_id)
{
	for (uint8_t gsi = 0; gsi < GSI_CNT; gsi++)
		if (gsi != 2)
			ADD(t, struct interrupt, IO_INTERRUPT, KIND_DEVICE,
			    gsi < 16 ? 0 : LEVEL_HIGH, BUS_ISA, gsi, io_apic_id, gsi);
	ADD(t, struct interrupt, LOCAL_INTERRUPT, KIND_PICS, 0, BUS_ISA, 0, ALL_APICS, 0);
	ADD(t, struct interrupt, LOCAL_INTERRUPT, KIND_NMI, 0, BUS_ISA, 0, ALL_APICS, 1);
}

static void fill(struct table *t, const struct machine *m)
{
	/* Above those of the local APICs. */
	uint8_t io_apic_id = (uint8_t)m->config.vcpu_cnt;

	*t = (struct table){.header = {.signature = "PCMP",
				       .revision = 4,
				       .oem_id = "KVMTREE ",
				       .product_id = "VMM         ",
				       .local_apic = LAYOUT_LOCAL_APIC},
			    .len = sizeof(t->header)};
	add_processors(t, m->config.vcpu_cnt);
	ADD(t, struct bus_entry, BUS, BUS_ISA, "ISA   ");
	ADD(t, struct io_apic, IO_APIC, io_apic_id, IO_APIC_VERSION, 1, LAYOUT_IO_APIC);
	if (m->pci)
		add_pci(t, m->pci, io_apic_id);
	add_interrupts(t, io_apic_id);
	t->header.length = (uint16_t)t->len;
	t->header.checksum = firmware_checksum(t->bytes, t->len);
}

int mp_table_write(const struct machine *m)
{
	struct floating_pointer pointer = {.signature = "_MP_",
					   .table = LAYOUT_MP_TABLE + sizeof(pointer),
					   .length = sizeof(pointer) / 16,
					   .revision = 4};
	struct table t;
	int err;

	fill(&t, m);
	pointer.checksum = firmware_checksum(&pointer, sizeof(pointer));
	err = guest_memory_write(&m->vm.memory, GPA(LAYOUT_MP_TABLE), &pointer, sizeof(pointer));
	return err ? err : guest_memory_write(&m->vm.memory, GPA(pointer.table), t.bytes, t.len);
}
