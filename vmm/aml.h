/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * AML, the byte code in which ACPI tells of devices that cannot be found otherwise: just what
 * a device needs to say where it is. ACPI specification 6.4, chapter 20; resources: 6.4.
 */
#ifndef VMM_AML_H
#define VMM_AML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AML_DEPTH_MAX 8

struct aml {
	uint8_t *bytes;
	size_t len, room;
	bool full; /* something did not fit; the rest is not written */
	unsigned int depth;
	size_t open[AML_DEPTH_MAX]; /* where the lengths of what is open are */
};

/*
 * Device (NAME) { Name (_HID, hid) Name (_UID, uid) ...: name has four letters, hid is one of
 * PNP's, as "PNP0501", or ACPI's, as "LNRO0005". aml_end() closes it.
 */
void aml_device(struct aml *aml, const char *name, const char *hid, uint32_t uid);

/* Name (_CRS, ResourceTemplate () { ...; aml_end_resources() closes it. */
void aml_resources(struct aml *aml);
void aml_ports(struct aml *aml, uint16_t base, uint8_t len);
void aml_memory(struct aml *aml, uint32_t base, uint32_t len);
void aml_interrupt(struct aml *aml, uint32_t gsi, bool level);

/* A PCI bus: the numbers of it and its children, and what of the two spaces its functions get. */
void aml_bus_numbers(struct aml *aml, uint8_t first, uint8_t last);
void aml_port_window(struct aml *aml, uint16_t base, uint16_t len);
void aml_memory_window(struct aml *aml, uint32_t base, uint32_t len);

void aml_end_resources(struct aml *aml);

/* Scope (NAME) {, and Name (NAME, Package () {, of cnt elements. */
void aml_scope(struct aml *aml, const char *name);
void aml_package(struct aml *aml, const char *name, uint8_t cnt);

/* Name (NAME, value), and an element of a package. */
void aml_name_integer(struct aml *aml, const char *name, uint32_t value);
void aml_integer(struct aml *aml, uint32_t value);

/* An element of a PCI bus's _PRT: INTA# of the slot is wired to a GSI. */
void aml_pci_route(struct aml *aml, uint32_t slot, uint32_t gsi);

void aml_end(struct aml *aml);

/* Bytes as they are. */
void aml_bytes(struct aml *aml, const void *bytes, size_t len);

#endif
