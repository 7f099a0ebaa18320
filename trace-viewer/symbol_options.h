/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The options of commands that name the guest's addresses. */
#ifndef KVMTREE_SYMBOL_OPTIONS_H
#define KVMTREE_SYMBOL_OPTIONS_H

#include <stdbool.h>

#include "trace-viewer/options.h"

struct symbol_options {
	const char *file, *bits;
};

extern const struct option_row symbol_rows[];

/*
 * Takes the symbols that are asked for into use; without any, those of the recording are. False: there
 * are none, and that was said in command's name. Call symbol_options_end() when all is printed.
 */
bool symbol_options_begin(const struct symbol_options *options, const char *command);
void symbol_options_end(const struct symbol_options *options);

#endif
