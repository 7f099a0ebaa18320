/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The console: our standard output and input, as the guest's serial port has them. */
#ifndef VMM_CONSOLE_H
#define VMM_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct machine;

/* Prints a byte at once. Ends the machine, after a message, if that fails. Any thread. */
void console_put(struct machine *m, uint8_t byte);

/*
 * Makes the terminal, if standard input is one, pass on every key as it is pressed; at our exit
 * it is as before. A regular file or a pipe is taken as it is. Returns whether it is a terminal.
 */
bool console_open(void);

/* The terminal as it was before, for who ends without exit(). */
void console_restore(void);

/*
 * Takes what is there of standard input, at most room bytes, and all but the escape Ctrl-A: then
 * x ends the machine, Ctrl-A is a Ctrl-A. Waits if nothing is there. Returns how many bytes, 0
 * at the end of the input, -EAGAIN if there was an escape only. One thread at a time.
 */
ssize_t console_read(struct machine *m, uint8_t *bytes, size_t room);

#endif
