/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* KVM_EXIT_INTERNAL_ERROR in words. */
#ifndef VMM_INTERNAL_ERROR_H
#define VMM_INTERNAL_ERROR_H

#include <linux/kvm.h>
#include <stddef.h>

/* Room for the text of any error. */
#define INTERNAL_ERROR_TEXT 640

/* Writes what KVM could not do, and what it says of it. Returns text. */
const char *internal_error_text(const struct kvm_run *run, char *text, size_t text_sz);

#endif
