/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* --symbols and --bits. */
#include <stdio.h>
#include <stdlib.h>

#include "trace-viewer/instruction.h"
#include "trace-viewer/symbol_options.h"
#include "trace-viewer/symbols.h"

#define AT(field) offsetof(struct symbol_options, field)

const struct option_row symbol_rows[] = {
	OPT_STRING(0, "symbols", AT(file), "FILE",
		   "name the guest's addresses, and the instructions that exit: its ELF file or System.map "
		   "(those of `record --symbols`)"),
	OPT_CHOICE(0, "bits", AT(bits), "N", "16|32|64", "the mode of the guest's code (the ELF file's)"),
	OPT_END,
};

bool symbol_options_begin(const struct symbol_options *options, const char *command)
{
	struct symbols *symbols;
	char why[256];

	instruction_set_bits(options->bits ? (unsigned int)atoi(options->bits) : 0);
	if (!options->file)
		return true;
	symbols = symbols_open(options->file, why, sizeof(why));
	if (!symbols)
		fprintf(stderr, "%s: --symbols %s: %s\n", command, options->file, why);
	symbols_prefer(symbols);
	return symbols != NULL;
}

void symbol_options_end(const struct symbol_options *options)
{
	if (options->file)
		symbols_free(symbols_in_use());
	symbols_prefer(NULL);
}
