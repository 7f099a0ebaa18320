/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The whole screen, for those views that draw. */
#ifndef KVMTREE_SCREEN_H
#define KVMTREE_SCREEN_H

#include <stdbool.h>

#include "trace-viewer/output.h"

#define SCREEN_KEY_INTERRUPT 3 /* Ctrl-C comes as a key */

/* Takes the screen. False: no keyboard, or a terminal that is not known; that is said. */
bool screen_begin(const char *command);
/* Gives it back as it was. */
void screen_end(void);

/* How a style looks, as ncurses' attributes. */
int screen_style(enum style style);

#endif
