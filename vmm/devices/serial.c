/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the serial port: what the guest transmits is our standard output. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "vmm/complain.h"
#include "vmm/device.h"
#include "vmm/guest_abi.h"
#include "vmm/status.h"
#include "vmm/walk.h"

/* The transmitter is never busy: the byte is gone when the guest's OUT ends. */
WALK uint64_t serial_in(void *owner, uint64_t offset, unsigned int size)
{
	(void)owner, (void)size;
	return offset == SERIAL_LSR ? SERIAL_LSR_THRE | SERIAL_LSR_TEMT : 0;
}

/* One write for each byte, so that the guest's output is seen when it is made. */
WALK void serial_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	struct machine *m = owner;
	uint8_t byte = (uint8_t)value;

	(void)size;
	if (offset != SERIAL_DATA)
		return;
	while (write(STDOUT_FILENO, &byte, 1) < 0) {
		if (errno == EINTR)
			continue;
		if (!machine_stopping(m))
			complain("standard output: %s; the guest's output would be lost",
				 strerror(errno));
		machine_stop(m, VMM_NO_MACHINE);
		return;
	}
}

static int create(struct machine *m)
{
	struct bus_region region = {.name = "serial",
				    .base = SERIAL_PORT,
				    .len = SERIAL_PORT_LEN,
				    .width = 1,
				    .read = serial_in,
				    .write = serial_out,
				    .owner = m};

	return machine_add_region(m, BUS_PORT, &region);
}

const struct device serial_device = {
	.name = "serial", .platforms = ON_BARE | ON_PC, .create = create};
