/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The exits to user space: from exit reason to handler. */
#ifndef VMM_EXITS_H
#define VMM_EXITS_H

#include <stdint.h>

#include "vmm/vcpu.h"

typedef enum vcpu_turn exit_handler_fn(struct vcpu *vcpu);

/* "KVM_EXIT_IO", or "UNKNOWN" for a value without a name; and what it means in a sentence. */
const char *exit_name(uint32_t reason);
const char *exit_sentence(uint32_t reason);

exit_handler_fn handle_io, handle_mmio, handle_halt, handle_shutdown, handle_internal_error,
	handle_fail_entry, handle_unknown;

/* By KVM_EXIT_*; handle_unknown for a value without a name. */
#define EXIT_REASONS 64
extern exit_handler_fn *const exit_handlers[EXIT_REASONS];

/* The handler for a KVM_EXIT_* value; handle_unknown for any without one. Never NULL. */
static inline exit_handler_fn *exit_handler(uint32_t reason)
{
	if (__builtin_expect(reason >= EXIT_REASONS, false))
		return handle_unknown;
	return exit_handlers[reason];
}

#endif
