/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns the serial port, a 16550A: what the guest transmits is our standard output, what comes in
 * at our standard input it receives. National Semiconductor's data sheet of the PC16550D.
 *
 *	+0  read: receive		write: transmit			DLAB: divisor, low byte
 *	+1  interrupt enable						DLAB: divisor, high byte
 *	+2  read: interrupt identity	write: FIFO control
 *	+3  line control, bit 7 is DLAB
 *	+4  modem control
 *	+5  read: line status
 *	+6  read: modem status
 *	+7  scratch
 */
#include <stdbool.h>
#include <stdlib.h>

#include "vmm/console.h"
#include "vmm/device.h"
#include "vmm/devices/serial.h"
#include "vmm/guest_abi.h"
#include "vmm/layout.h"
#include "vmm/walk.h"

#define IER_THR_EMPTY  0x02
#define IER_LINE       0x04
#define IER_MODEM      0x08
#define IIR_NONE       0x01
#define IIR_MODEM      0x00
#define IIR_THR_EMPTY  0x02
#define IIR_RECEIVED   0x04
#define IIR_LINE       0x06
#define IIR_TIMEOUT    0x0c /* received, but fewer than the trigger level */
#define IIR_FIFO_ON    0xc0
#define FCR_CLEAR_RX   0x02
#define LCR_DLAB       0x80
#define MCR_DTR	       0x01
#define MCR_RTS	       0x02
#define MCR_OUT1       0x04
#define MCR_OUT2       0x08 /* on a PC, the gate of the interrupt line */
#define LSR_READY      0x01
#define MSR_CTS_DSR_CD 0xb0 /* a terminal is there, and ready */

static unsigned int trigger(const struct serial *s)
{
	static const uint8_t levels[] = {1, 4, 8, 14};

	return s->fcr & FCR_ON ? levels[s->fcr >> 6] : 1;
}

/* What asks for an interrupt, the most urgent first. */
static uint8_t identity(const struct serial *s)
{
	if (s->ier & IER_LINE && s->lsr_errors)
		return IIR_LINE;
	if (s->ier & IER_RECEIVED && s->fifo_cnt)
		return s->fifo_cnt >= trigger(s) ? IIR_RECEIVED : IIR_TIMEOUT;
	if (s->ier & IER_THR_EMPTY && s->thr_empty_pending)
		return IIR_THR_EMPTY;
	if (s->ier & IER_MODEM && s->msr_changes)
		return IIR_MODEM;
	return IIR_NONE;
}

/* The line is high as long as a cause is: a level, though a PC's interrupt controller takes edges.
 */
void serial_update_irq(struct serial *s)
{
	irq_line_set(&s->irq, s->mcr & MCR_OUT2 && identity(s) != IIR_NONE);
}

/* In the loop the outputs are the inputs, crossed as by a cable: data sheet, 8.6.6. */
static uint8_t modem_status(const struct serial *s)
{
	uint8_t m = s->mcr;

	if (!(m & MCR_LOOP))
		return MSR_CTS_DSR_CD;
	return (uint8_t)((m & MCR_RTS) << 3 | (m & MCR_DTR) << 5 | (m & MCR_OUT1) << 4 |
			 (m & MCR_OUT2) << 4);
}

/* Does a write to this register go out? Not into the loop, nor to the divisor. */
static bool is_output(const struct serial *s, uint64_t offset)
{
	return !offset && !(s->lcr & LCR_DLAB) && !(s->mcr & MCR_LOOP);
}

/* The transmitter is never busy: the byte is gone when the guest's OUT ends. */
static void transmit(struct serial *s, uint8_t byte)
{
	/* With an edge between two causes, for an interrupt controller that takes edges. */
	s->thr_empty_pending = false;
	serial_update_irq(s);
	s->thr_empty_pending = true;
	if (s->mcr & MCR_LOOP)
		serial_receive(s, byte);
}

static uint8_t read_identity(struct serial *s)
{
	uint8_t iir = identity(s);

	if (iir == IIR_THR_EMPTY)
		s->thr_empty_pending = false;
	return (uint8_t)(iir | (s->fcr & FCR_ON ? IIR_FIFO_ON : 0));
}

static uint8_t read_line_status(struct serial *s)
{
	uint8_t lsr = (uint8_t)(SERIAL_LSR_THRE | SERIAL_LSR_TEMT | s->lsr_errors |
				(s->fifo_cnt ? LSR_READY : 0));

	s->lsr_errors = 0;
	if (s->polls < SERIAL_POLLS_MIN)
		s->polls++;
	return lsr;
}

static uint8_t read_modem_status(struct serial *s)
{
	uint8_t changes = s->msr_changes;

	s->msr_changes = 0;
	return modem_status(s) | changes;
}

static uint8_t read_register(struct serial *s, unsigned int offset)
{
	bool dlab = s->lcr & LCR_DLAB;

	switch (offset) {
	case 0:
		return dlab ? s->divisor[0] : serial_take(s);
	case 1:
		return dlab ? s->divisor[1] : s->ier;
	case 2:
		return read_identity(s);
	case 3:
		return s->lcr;
	case 4:
		return s->mcr;
	case 5:
		return read_line_status(s);
	case 6:
		return read_modem_status(s);
	default:
		return s->scratch;
	}
}

/* To enable "transmitter empty" when it is empty, as it always is, is a cause at once. */
static void write_ier(struct serial *s, uint8_t value)
{
	if (value & ~s->ier & IER_THR_EMPTY)
		s->thr_empty_pending = true;
	s->ier = value & 0x0f;
}

static void write_fcr(struct serial *s, uint8_t value)
{
	if (value & FCR_CLEAR_RX || (value ^ s->fcr) & FCR_ON)
		serial_input_clear(s);
	s->fcr = value & FCR_ON ? value & (0xc0 | FCR_ON) : 0;
}

/* Bits 0 to 3 of the modem status tell which of bits 4 to 7 have changed; RI only when it ends. */
static void write_mcr(struct serial *s, uint8_t value)
{
	uint8_t was = modem_status(s), changes;

	s->mcr = value & 0x1f;
	changes = was ^ modem_status(s);
	if (modem_status(s) & 0x40)
		changes &= (uint8_t)~0x40;
	s->msr_changes |= changes >> 4;
}

static void write_register(struct serial *s, unsigned int offset, uint8_t value)
{
	bool dlab = s->lcr & LCR_DLAB;

	switch (offset) {
	case 0:
	case 1:
		if (dlab)
			s->divisor[offset] = value;
		else if (offset)
			write_ier(s, value);
		else
			transmit(s, value);
		break;
	case 2:
		write_fcr(s, value);
		break;
	case 3:
		s->lcr = value;
		break;
	case 4:
		write_mcr(s, value);
		break;
	case 7:
		s->scratch = value;
		break;
	}
}

WALK uint64_t serial_in(void *owner, uint64_t offset, unsigned int size)
{
	struct serial *s = owner;
	uint8_t value;

	(void)size;
	pthread_mutex_lock(&s->lock);
	value = read_register(s, (unsigned int)offset);
	serial_input_update(s);
	pthread_mutex_unlock(&s->lock);
	return value;
}

/* Printed without the lock: if our reader is slow, only this vCPU waits, and input is still heard. */
WALK void serial_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	struct serial *s = owner;
	bool output;

	(void)size;
	pthread_mutex_lock(&s->lock);
	s->polls = 0;
	output = is_output(s, offset);
	write_register(s, (unsigned int)offset, (uint8_t)value);
	serial_input_update(s);
	pthread_mutex_unlock(&s->lock);
	if (output)
		console_put(s->m, (uint8_t)value);
}

static void describe(void *owner, struct aml *aml)
{
	(void)owner;
	aml_device(aml, "COM1", "PNP0501", 0);
	aml_resources(aml);
	aml_ports(aml, SERIAL_PORT, SERIAL_PORT_LEN);
	aml_interrupt(aml, GSI_SERIAL, false);
	aml_end_resources(aml);
	aml_end(aml);
}

static int create(struct machine *m)
{
	struct serial *s = calloc(1, sizeof(*s));
	struct bus_region region = {.name = "serial",
				    .base = SERIAL_PORT,
				    .len = SERIAL_PORT_LEN,
				    .width = 1,
				    .read = serial_in,
				    .write = serial_out,
				    .owner = s};
	int err = machine_own(m, s, free);

	if (err)
		return err;
	s->m = m;
	s->irq = machine_irq_line(m, GSI_SERIAL);
	pthread_mutex_init(&s->lock, NULL);
	err = machine_add_region(m, BUS_PORT, &region);
	if (!err)
		err = machine_describe(m, describe, s);
	if (!err && m->config.takes_input)
		serial_input_open(s);
	return err;
}

const struct device serial_device = {
	.name = "serial", .platforms = ON_BARE | ON_PC, .create = create};
