/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Whether KVM is there, and what to do where it is not. */
#ifndef KVMTREE_KVM_MODULE_H
#define KVMTREE_KVM_MODULE_H

#include <stdbool.h>
#include <stddef.h>

/* Loaded, or built in. */
bool kvm_module_is_there(const char *module);

/* The module for this processor, by its flags: "kvm_amd", "kvm_intel", or NULL: it has neither SVM nor VMX. */
const char *kvm_module_wanted(void);

/* Returns 0 when there is /dev/kvm, or -ENOENT with a sentence in `why`. */
int kvm_device_check(char *why, size_t why_sz);

#endif
