/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Instructions as text, by Zydis: a help, not a need (docs/architecture.md says why this library). */
#include "trace-viewer/instruction.h"

#include <string.h>

#include "trace-viewer/exit_concept.h"
#include "trace-viewer/symbols.h"

static unsigned int forced_bits;

void instruction_set_bits(unsigned int bits)
{
	forced_bits = bits;
}

#ifdef KVMTREE_WITH_ZYDIS
#include <Zydis/Zydis.h>

bool instruction_is_possible(void)
{
	return true;
}

static bool decoder_of(ZydisDecoder *decoder, unsigned int bits)
{
	ZydisMachineMode mode = bits == 16 ? ZYDIS_MACHINE_MODE_LEGACY_16 :
				bits == 32 ? ZYDIS_MACHINE_MODE_LEGACY_32 :
					     ZYDIS_MACHINE_MODE_LONG_64;
	ZydisStackWidth width = bits == 16 ? ZYDIS_STACK_WIDTH_16 :
				bits == 32 ? ZYDIS_STACK_WIDTH_32 :
					     ZYDIS_STACK_WIDTH_64;

	return ZYAN_SUCCESS(ZydisDecoderInit(decoder, mode, width));
}

/* As objdump and the kernel's sources write them. */
static bool formatter_of(ZydisFormatter *formatter)
{
	return ZYAN_SUCCESS(ZydisFormatterInit(formatter, ZYDIS_FORMATTER_STYLE_ATT)) &&
	       ZYAN_SUCCESS(ZydisFormatterSetProperty(formatter, ZYDIS_FORMATTER_PROP_HEX_UPPERCASE,
						      ZYAN_FALSE)) &&
	       ZYAN_SUCCESS(ZydisFormatterSetProperty(formatter, ZYDIS_FORMATTER_PROP_IMM_SIGNEDNESS,
						      ZYDIS_SIGNEDNESS_UNSIGNED));
}

/* Exits that only these instructions make. */
static bool is_fitting(ZydisMnemonic mnemonic, const char *concept)
{
	static const struct { const char *concept; ZydisMnemonic mnemonics[8]; } rows[] = {
		{ "interrupt", { 0 } }, { "interrupt-window", { 0 } }, /* no instruction makes them */
		{ "nmi-window", { 0 } }, { "timer", { 0 } },
		{ "io", { ZYDIS_MNEMONIC_IN, ZYDIS_MNEMONIC_OUT, ZYDIS_MNEMONIC_INSB, ZYDIS_MNEMONIC_INSW,
			  ZYDIS_MNEMONIC_INSD, ZYDIS_MNEMONIC_OUTSB, ZYDIS_MNEMONIC_OUTSW,
			  ZYDIS_MNEMONIC_OUTSD } },
		{ "halt", { ZYDIS_MNEMONIC_HLT } },
		{ "cpuid", { ZYDIS_MNEMONIC_CPUID } },
		{ "msr", { ZYDIS_MNEMONIC_RDMSR, ZYDIS_MNEMONIC_WRMSR } },
		{ "hypercall", { ZYDIS_MNEMONIC_VMCALL, ZYDIS_MNEMONIC_VMMCALL } },
		{ "pause", { ZYDIS_MNEMONIC_PAUSE } },
		{ "tsc", { ZYDIS_MNEMONIC_RDTSC, ZYDIS_MNEMONIC_RDTSCP } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].concept, concept))
			continue;
		for (size_t k = 0; k < 8; k++)
			if (mnemonic && rows[i].mnemonics[k] == mnemonic)
				return true;
		return false;
	}
	return true;
}

void instruction_add(struct text *t, const struct node_exit *e, const char *before)
{
	const struct symbols *symbols = symbols_in_use();
	const struct exit_concept *concept = exit_concept(e->isa, e->reason);
	unsigned int bits = forced_bits ? forced_bits : symbols ? symbols_bits(symbols) : 0;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction insn;
	ZydisFormatter formatter;
	ZydisDecoder decoder;
	const uint8_t *bytes;
	char words[128];
	size_t sz;

	bytes = symbols && bits ? symbols_code(symbols, e->rip, &sz) : NULL;
	if (!bytes || !decoder_of(&decoder, bits) ||
	    !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, sz, &insn, operands)) ||
	    !is_fitting(insn.mnemonic, concept ? concept->name : "") ||
	    !formatter_of(&formatter) ||
	    !ZYAN_SUCCESS(ZydisFormatterFormatInstruction(&formatter, &insn, operands,
			  insn.operand_count_visible, words, sizeof(words), e->rip, NULL)))
		return;
	text_add(t, "%s%s", before, words);
}
#else
bool instruction_is_possible(void)
{
	return false;
}

void instruction_add(struct text *t, const struct node_exit *e, const char *before)
{
	(void)t;
	(void)e;
	(void)before;
}
#endif
