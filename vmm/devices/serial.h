/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the two halves of the serial port share: its registers, serial.c, and its input. */
#ifndef VMM_DEVICES_SERIAL_H
#define VMM_DEVICES_SERIAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "vmm/irq_line.h"
#include "vmm/machine.h"

#define IER_RECEIVED 0x01
#define FCR_ON	     0x01
#define MCR_LOOP     0x10
#define LSR_OVERRUN  0x02

#define FIFO_LEN 16
#define WIRE_LEN 32 /* so that what is cleared finds room behind what was read at once */

struct serial {
	struct machine *m;
	pthread_mutex_t lock; /* of all that follows */
	struct irq_line irq;
	uint8_t ier, fcr, lcr, mcr, msr_changes, lsr_errors, scratch, divisor[2];
	bool thr_empty_pending;
	uint8_t fifo[FIFO_LEN], wire[WIRE_LEN]; /* received; on its way, read from our input */
	unsigned int fifo_cnt, wire_cnt;	/* the first byte is the oldest */
	unsigned int polls;
	bool has_input;		   /* there is a standard input, and it has not ended */
	bool is_file, is_terminal; /* what kind; a file never makes anybody wait */
	bool watched;		   /* the event loop looks for input */
};

/* The line status has been read so many times in a row: the guest waits for input. */
#define SERIAL_POLLS_MIN 16

static inline unsigned int serial_capacity(const struct serial *s)
{
	return s->fcr & FCR_ON ? FIFO_LEN : 1;
}

/* A byte has come in. */
void serial_receive(struct serial *s, uint8_t byte);

/* The oldest byte of the FIFO; 0 if there is none. */
uint8_t serial_take(struct serial *s);

/* The FIFO is cleared: what was in it and came from our input comes again. With the lock. */
void serial_input_clear(struct serial *s);

/* After anything has changed: lets in what may come in, and says who is to look for more. Locked.
 */
void serial_input_update(struct serial *s);

/* From now on the machine's input is this port's. */
void serial_input_open(struct serial *s);

/* Drives the interrupt line. With the lock. */
void serial_update_irq(struct serial *s);

#endif
