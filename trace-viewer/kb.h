/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The knowledge base: what names and numbers of KVM mean. Every look-up by number has
 * an answer or NULL; texts live as long as the program.
 */
#ifndef KVMTREE_KB_H
#define KVMTREE_KB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kb_side { KB_VMM, KB_KERNEL };

struct kb_exit {
	uint32_t number;
	const char *name, *meaning, *cause, *handler, *spec;
};

struct kb_concept {
	enum kb_side side;
	const char *name, *aliases;
	const char *meaning, *why;
};

enum kb_arg {
	KB_ARG_UNKNOWN,
	KB_ARG_NONE,
	KB_ARG_VALUE,
	KB_ARG_VM_TYPE,
	KB_ARG_VCPU_ID,
	KB_ARG_CAPABILITY,
	KB_ARG_ADDRESS,
	KB_ARG_U64,
	KB_ARG_POINTER,
	KB_ARG_MEMORY_REGION,
	KB_ARG_IRQ_LINE,
	KB_ARG_ENABLE_CAP,
	KB_ARG_REGS,
};

struct kb_ioctl {
	uint32_t cmd;
	enum kb_arg arg;
	const char *meaning;
};

/* A basic exit reason of VMX (without its flags), an exit code of SVM, a KVM_EXIT_*. */
const struct kb_exit *kb_vmx_exit(uint32_t reason);
const struct kb_exit *kb_svm_exit(uint32_t code);
const struct kb_exit *kb_kvm_exit(uint32_t reason);

/* By concept or alias. */
const struct kb_concept *kb_concept(enum kb_side side, const char *name);

const struct kb_ioctl *kb_ioctl(uint32_t cmd);
const char *kb_ioctl_name(uint32_t cmd);
/* 0: no such name */
uint32_t kb_ioctl_number(const char *name);
const char *kb_capability_name(uint64_t cap);

const char *kb_port_name(uint32_t port);
const char *kb_msr_name(uint32_t msr);
const char *kb_cpuid_leaf(uint32_t leaf);
/* "EINVAL"; NULL when there is none */
const char *kb_errno_name(int number);

#endif
