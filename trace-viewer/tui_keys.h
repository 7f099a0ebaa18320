/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The table of keys, for people. */
#ifndef KVMTREE_TUI_KEYS_H
#define KVMTREE_TUI_KEYS_H

#include <stdio.h>

/* A line for each thing that a key can do. */
void tui_keys_print(FILE *file);

#endif
