/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a PC's firmware would leave in memory: tables that tell what the machine consists of. */
#ifndef VMM_FIRMWARE_H
#define VMM_FIRMWARE_H

#include <stddef.h>
#include <stdint.h>

struct machine;

/*
 * Writes the tables, after the devices have described themselves. Each returns 0, or < 0 after
 * a message.
 */
int firmware_write(const struct machine *m);
int acpi_write(const struct machine *m);
int mp_table_write(const struct machine *m);

/* What must be added to the sum of a table's bytes to make it 0. */
uint8_t firmware_checksum(const void *table, size_t len);

/* Registers that the tables tell of and devices/reset.c serves. */
#define RESET_PORT	   0xcf9 /* as in Intel's chipsets */
#define RESET_NOW	   0x06	 /* a whole reset; the change of bit 2 from 0 to 1 does it */
#define SLEEP_CONTROL_PORT 0x600
#define SLEEP_STATUS_PORT  0x601
#define POWER_OFF_TYPE	   5 /* what \_S5_ says to write to sleep control */

#endif
