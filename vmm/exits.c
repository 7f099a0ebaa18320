/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the table of exit reasons: the seed's switch (run->exit_reason). */
#include "vmm/exits.h"

/* The rows overwrite what the first line says of all. */
#pragma GCC diagnostic ignored "-Woverride-init"
exit_handler_fn *const exit_handlers[EXIT_REASONS] = {
	[0 ... EXIT_REASONS - 1] = handle_unknown,
#define EXIT(name, handler, sentence) [KVM_EXIT_##name] = handler,
#include "vmm/exit_reasons.def"
#undef EXIT
};

static const struct {
	const char *name, *sentence;
} exits[EXIT_REASONS] = {
#define EXIT(name, handler, sentence) [KVM_EXIT_##name] = {"KVM_EXIT_" #name, sentence},
#include "vmm/exit_reasons.def"
#undef EXIT
};

const char *exit_name(uint32_t reason)
{
	return reason < EXIT_REASONS && exits[reason].name ? exits[reason].name : "UNKNOWN";
}

const char *exit_sentence(uint32_t reason)
{
	return reason < EXIT_REASONS && exits[reason].name ? exits[reason].sentence
							   : "newer than this program";
}
