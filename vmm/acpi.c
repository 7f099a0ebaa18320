/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns the ACPI tables of a PC, of the "hardware-reduced" kind: no power-management hardware but
 * two registers to sleep and one to reset. ACPI specification 6.4, chapter 5.
 *
 *	RSDP -> XSDT -> FADT (-> DSDT: the devices), MADT (processors, interrupt controllers)
 */
#include <errno.h>
#include <string.h>

#include "vmm/aml.h"
#include "vmm/complain.h"
#include "vmm/device.h"
#include "vmm/firmware.h"
#include "vmm/layout.h"
#include "vmm/machine.h"

struct __attribute__((packed)) rsdp {
	char signature[8];
	uint8_t checksum; /* of the first 20 bytes */
	char oem_id[6];
	uint8_t revision;
	uint32_t rsdt;
	uint32_t length;
	uint64_t xsdt;
	uint8_t extended_checksum;
	uint8_t reserved[3];
};

struct __attribute__((packed)) header {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum;
	char oem_id[6], oem_table_id[8];
	uint32_t oem_revision;
	char creator_id[4];
	uint32_t creator_revision;
};

/* 5.2.3.2, a register's address. */
struct __attribute__((packed)) gas {
	uint8_t space, width, offset, access;
	uint64_t address;
};

#define PORT_REGISTER(port) ((struct gas){.space = 1, .width = 8, .access = 1, .address = (port)})

struct __attribute__((packed)) fadt {
	struct header header;
	uint32_t facs, dsdt;
	uint8_t reserved, profile;
	uint8_t hardware[63]; /* of ACPI that is not reduced: all zeros */
	uint16_t boot_flags;
	uint8_t reserved2;
	uint32_t flags;
	struct gas reset;
	uint8_t reset_value;
	uint16_t arm_boot_flags;
	uint8_t minor_revision;
	uint64_t x_facs, x_dsdt;
	struct gas x_hardware[8];
	struct gas sleep_control, sleep_status;
	uint64_t hypervisor;
};

_Static_assert(sizeof(struct fadt) == 276, "ACPI specification 6.4, table 5.9");

#define BOOT_LEGACY_DEVICES  (1u << 0)
#define BOOT_NO_VGA	     (1u << 2)
#define FADT_WBINVD	     (1u << 0)
#define FADT_NO_POWER_BUTTON (1u << 4)
#define FADT_NO_SLEEP_BUTTON (1u << 5)
#define FADT_RESET_REGISTER  (1u << 10)
#define FADT_HW_REDUCED	     (1u << 20)

struct __attribute__((packed)) madt {
	struct header header;
	uint32_t local_apic, flags;
};

/* The entries of the MADT: 5.2.12. */
struct __attribute__((packed)) madt_local_apic {
	uint8_t type, length, uid, apic_id;
	uint32_t flags;
};

struct __attribute__((packed)) madt_io_apic {
	uint8_t type, length, id, reserved;
	uint32_t address, gsi_base;
};

struct __attribute__((packed)) madt_local_nmi {
	uint8_t type, length, uid;
	uint16_t flags;
	uint8_t pin;
};

/* All tables, as they will lie from LAYOUT_ACPI on. */
struct tables {
	uint8_t bytes[LAYOUT_MP_TABLE - LAYOUT_ACPI];
	size_t len;
	bool full;
};

/* Returns len bytes of zeros, on a boundary of 16; NULL if there is no room. */
static void *add(struct tables *t, size_t len)
{
	size_t at = (t->len + 15) & ~(size_t)15;

	if (t->full || at > sizeof(t->bytes) || len > sizeof(t->bytes) - at) {
		t->full = true;
		return NULL;
	}
	t->len = at + len;
	return t->bytes + at;
}

static uint32_t address_of(const struct tables *t, const void *table)
{
	return (uint32_t)(LAYOUT_ACPI + (size_t)((const uint8_t *)table - t->bytes));
}

/* Fills the header in, last of all, as it holds the sum of everything. Returns the address. */
static uint32_t seal(const struct tables *t, void *table, const char *signature, uint8_t revision,
		     size_t len)
{
	struct header *h = table;

	memcpy(h->signature, signature, 4);
	h->length = (uint32_t)len;
	h->revision = revision;
	memcpy(h->oem_id, "KVMTRE", 6);
	memcpy(h->oem_table_id, "KVMTREE ", 8);
	h->oem_revision = 1;
	memcpy(h->creator_id, "KVMT", 4);
	h->creator_revision = 1;
	h->checksum = firmware_checksum(table, len);
	return address_of(t, table);
}

/* The devices describe themselves; \_S5_ is "off", and its number goes into sleep_control. */
static uint32_t add_dsdt(struct tables *t, const struct machine *m)
{
	const size_t room = sizeof(t->bytes) / 2;
	struct header *h = add(t, room);
	struct aml aml = {.bytes = (uint8_t *)h, .len = sizeof(*h), .room = room};

	if (!h)
		return 0;
	aml_scope(&aml, "\\_SB_");
	for (unsigned int i = 0; i < m->described_cnt; i++)
		m->described[i].describe(m->described[i].owner, &aml);
	aml_end(&aml);
	aml_package(&aml, "_S5_", 2);
	aml_integer(&aml, POWER_OFF_TYPE);
	aml_integer(&aml, 0);
	aml_end(&aml);
	t->full |= aml.full;
	t->len -= room - aml.len;
	return seal(t, h, "DSDT", 2, aml.len);
}

static uint32_t add_fadt(struct tables *t, uint32_t dsdt)
{
	struct fadt *f = add(t, sizeof(*f));

	if (!f)
		return 0;
	f->dsdt = dsdt;
	f->x_dsdt = dsdt;
	f->boot_flags = BOOT_LEGACY_DEVICES | BOOT_NO_VGA;
	f->flags = FADT_WBINVD | FADT_NO_POWER_BUTTON | FADT_NO_SLEEP_BUTTON | FADT_RESET_REGISTER |
		   FADT_HW_REDUCED;
	f->reset = PORT_REGISTER(RESET_PORT);
	f->reset_value = RESET_NOW;
	f->minor_revision = 4;
	f->sleep_control = PORT_REGISTER(SLEEP_CONTROL_PORT);
	f->sleep_status = PORT_REGISTER(SLEEP_STATUS_PORT);
	return seal(t, f, "FACP", 6, sizeof(*f));
}

static uint32_t add_madt(struct tables *t, unsigned int vcpu_cnt)
{
	struct madt *madt =
		add(t, sizeof(*madt) + vcpu_cnt * sizeof(struct madt_local_apic) +
			       sizeof(struct madt_io_apic) + sizeof(struct madt_local_nmi));
	struct madt_local_apic *cpu = (void *)(madt + 1);

	if (!madt)
		return 0;
	madt->local_apic = LAYOUT_LOCAL_APIC;
	for (unsigned int i = 0; i < vcpu_cnt; i++)
		*cpu++ = (struct madt_local_apic){0, sizeof(*cpu), (uint8_t)i, (uint8_t)i, 1};

	struct madt_io_apic *io = (void *)cpu;
	struct madt_local_nmi *nmi = (void *)(io + 1);

	*io = (struct madt_io_apic){1, sizeof(*io), (uint8_t)vcpu_cnt, 0, LAYOUT_IO_APIC, 0};
	*nmi = (struct madt_local_nmi){4, sizeof(*nmi), 0xff, 0, 1}; /* all processors, LINT1 */
	return seal(t, madt, "APIC", 5, (size_t)((uint8_t *)(nmi + 1) - (uint8_t *)madt));
}

static void fill_rsdp(struct rsdp *r, uint32_t xsdt)
{
	memcpy(r->signature, "RSD PTR ", 8);
	memcpy(r->oem_id, "KVMTRE", 6);
	r->revision = 2;
	r->length = sizeof(*r);
	r->xsdt = xsdt;
	r->checksum = firmware_checksum(r, 20);
	r->extended_checksum = firmware_checksum(r, sizeof(*r));
}

int acpi_write(const struct machine *m)
{
	struct tables t = {0};
	struct rsdp *rsdp = add(&t, sizeof(*rsdp));
	struct header *xsdt = add(&t, sizeof(*xsdt) + 2 * sizeof(uint64_t));
	uint64_t entries[2];

	entries[0] = add_fadt(&t, add_dsdt(&t, m));
	entries[1] = add_madt(&t, m->config.vcpu_cnt);
	if (t.full) {
		complain("ACPI tables: more than %zu bytes; ask for fewer devices or vCPUs",
			 sizeof(t.bytes));
		return -ENOSPC;
	}
	memcpy(xsdt + 1, entries, sizeof(entries));
	fill_rsdp(rsdp, seal(&t, xsdt, "XSDT", 1, sizeof(*xsdt) + sizeof(entries)));
	return guest_memory_write(&m->vm.memory, GPA(LAYOUT_ACPI), t.bytes, t.len);
}
