/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the terminal: its mode, its escape key, and the one place that prints for the guest. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "vmm/complain.h"
#include "vmm/console.h"
#include "vmm/machine.h"
#include "vmm/status.h"

#define CTRL_A 0x01

static struct termios before;
static bool terminal; /* standard input is one */
static bool escaped;  /* the last key was Ctrl-A */

/* One write for each byte, so that the guest's output is seen when it is made. */
void console_put(struct machine *m, uint8_t byte)
{
	while (write(STDOUT_FILENO, &byte, 1) < 0) {
		if (machine_stopping(m))
			return;
		if (errno == EINTR)
			continue;
		complain("standard output: %s; the guest's output would be lost", strerror(errno));
		machine_stop(m, VMM_NO_MACHINE);
		return;
	}
}

void console_restore(void)
{
	if (terminal)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

bool console_open(void)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &before) < 0)
		return false;
	raw = before;
	cfmakeraw(&raw);
	raw.c_oflag |= OPOST; /* our own messages end their lines as usual */
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	atexit(console_restore);
	terminal = true;
	complain("Ctrl-A x ends this machine, Ctrl-A Ctrl-A sends it a Ctrl-A");
	return true;
}

/* Returns the key that goes to the guest, or -1 for none. */
static int filter(struct machine *m, uint8_t key)
{
	bool was_escaped = escaped;

	escaped = key == CTRL_A && !was_escaped;
	if (escaped)
		return -1;
	if (was_escaped && key == 'x') {
		machine_stop(m, VMM_OK);
		return -1;
	}
	return key;
}

ssize_t console_read(struct machine *m, uint8_t *bytes, size_t room)
{
	ssize_t cnt = read(STDIN_FILENO, bytes, room), kept = 0;

	if (cnt <= 0)
		return cnt < 0 && errno == EINTR ? -EAGAIN : 0;
	for (ssize_t i = 0; i < cnt; i++) {
		int key = terminal ? filter(m, bytes[i]) : bytes[i];

		if (key >= 0)
			bytes[kept++] = (uint8_t)key;
	}
	return kept ? kept : -EAGAIN;
}
