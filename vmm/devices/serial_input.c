/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the serial port's input: from our standard input, by a wire of a few bytes, into the FIFO.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "vmm/console.h"
#include "vmm/devices/serial.h"
#include "vmm/event_loop.h"

void serial_receive(struct serial *s, uint8_t byte)
{
	if (s->fifo_cnt == serial_capacity(s))
		s->lsr_errors |= LSR_OVERRUN;
	else
		s->fifo[s->fifo_cnt++] = byte;
}

static uint8_t take_first(uint8_t *bytes, unsigned int *cnt)
{
	uint8_t byte = bytes[0];

	if (!*cnt)
		return 0;
	memmove(bytes, bytes + 1, --*cnt);
	return byte;
}

uint8_t serial_take(struct serial *s)
{
	return take_first(s->fifo, &s->fifo_cnt);
}

/*
 * A driver that starts throws away what it finds, and with it would go the first line of a script
 * in a pipe. So input waits until the guest listens: it has enabled the interrupt, or asks for the
 * line status again and again, as who transmits does not.
 */
static bool listening(const struct serial *s)
{
	return !(s->mcr & MCR_LOOP) && s->fifo_cnt < serial_capacity(s) &&
	       (s->ier & IER_RECEIVED || s->polls >= SERIAL_POLLS_MIN);
}

/* For the same reason: to the guest it is as if what it clears now comes a moment later. */
void serial_input_clear(struct serial *s)
{
	while (!(s->mcr & MCR_LOOP) && s->fifo_cnt && s->wire_cnt < WIRE_LEN) {
		memmove(s->wire + 1, s->wire, s->wire_cnt++);
		s->wire[0] = s->fifo[--s->fifo_cnt];
	}
	s->fifo_cnt = 0;
	serial_update_irq(s);
}

/* Onto the wire. What somebody types ahead of a guest that does not listen is lost in the end. */
static void fetch(struct serial *s)
{
	uint8_t bytes[FIFO_LEN];
	ssize_t cnt = console_read(s->m, bytes, sizeof(bytes));

	s->has_input = cnt != 0;
	for (ssize_t i = 0; i < cnt && s->wire_cnt < WIRE_LEN; i++)
		s->wire[s->wire_cnt++] = bytes[i];
}

/* A terminal is always heard, for the sake of its escape key; a pipe when the guest listens. */
static bool wants_watch(const struct serial *s)
{
	return s->has_input && !s->is_file && (s->is_terminal || (listening(s) && !s->wire_cnt));
}

/* After anything has changed: what comes in, who is to look for more, the interrupt line. */
void serial_input_update(struct serial *s)
{
	if (s->is_file && s->has_input && listening(s) && !s->wire_cnt)
		fetch(s);
	while (s->wire_cnt && listening(s))
		serial_receive(s, take_first(s->wire, &s->wire_cnt));
	if (wants_watch(s) != s->watched) {
		s->watched = !s->watched;
		event_loop_listen(s->m->io, STDIN_FILENO, s->watched);
	}
	serial_update_irq(s);
}

/* On the event loop's thread. */
static void input_ready(void *owner)
{
	struct serial *s = owner;

	pthread_mutex_lock(&s->lock);
	if (s->watched && wants_watch(s))
		fetch(s);
	serial_input_update(s);
	pthread_mutex_unlock(&s->lock);
}

/* The loop's thread may call input_ready() at once: it waits for the lock. */
void serial_input_open(struct serial *s)
{
	int err;

	pthread_mutex_lock(&s->lock);
	s->is_terminal = console_open();
	err = event_loop_add(s->m->io, STDIN_FILENO, input_ready, s);
	s->has_input = !err || err == -EPERM;
	s->is_file = err == -EPERM;
	s->watched = !err;
	pthread_mutex_unlock(&s->lock);
}
