/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the table of exit reasons: the seed's switch (run->exit_reason). */
#include "vmm/exits.h"

static const struct {
	exit_handler_fn *handler;
	const char *name, *sentence;
} exits[] = {
#define EXIT(name, handler, sentence) [KVM_EXIT_##name] = {handler, "KVM_EXIT_" #name, sentence},
#include "vmm/exit_reasons.def"
#undef EXIT
};

#define EXIT_CNT (sizeof(exits) / sizeof(exits[0]))

exit_handler_fn *exit_handler(uint32_t reason)
{
	if (reason < EXIT_CNT && exits[reason].handler)
		return exits[reason].handler;
	return handle_unknown;
}

const char *exit_name(uint32_t reason)
{
	return reason < EXIT_CNT && exits[reason].name ? exits[reason].name : "UNKNOWN";
}

const char *exit_sentence(uint32_t reason)
{
	return reason < EXIT_CNT && exits[reason].name ? exits[reason].sentence
						       : "newer than this program";
}
