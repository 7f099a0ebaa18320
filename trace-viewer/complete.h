/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Completion of command lines in a shell. */
#ifndef KVMTREE_COMPLETE_H
#define KVMTREE_COMPLETE_H

#include "trace-viewer/options.h"

/*
 * Prints what words[cnt - 1], the word that is being typed, may become, a line each: options, values
 * of options that have a choice, names of the knowledge base. Nothing: a file. The words are those
 * after the command.
 */
void complete_print(const struct option_spec *spec, int cnt, char **words);

#endif
