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
	const char *meaning, *why, *source;
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
	const char *name, *meaning, *cause, *handler, *spec;
};

/* The tables, as `kvmtree explain` lists them. */
enum kb_group {
	KB_GROUP_VMX,
	KB_GROUP_SVM,
	KB_GROUP_KVM_EXIT,
	KB_GROUP_IOCTL,
	KB_GROUP_KERNEL,
	KB_GROUP_VMM,
	KB_GROUP_PORT,
	KB_GROUP_MSR,
	KB_GROUP_CPUID,
	KB_GROUP_CNT,
};

/* Any row of any table. What its table does not have is an empty string. */
struct kb_entry {
	enum kb_group group;
	bool has_number;
	uint32_t first, last; /* equal but for ranges of ports */
	const char *name, *aliases; /* aliases are separated by spaces */
	const char *meaning, *cause, *handler, *source;
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
/* Row i of a table; false: it has no such row. */
bool kb_entry(enum kb_group group, size_t i, struct kb_entry *entry);

/* A kernel function of the probe plan (bpf/functions.def), by its row. */
struct kb_probe {
	const char *concept, *symbols; /* symbols are separated by '|', the newest first */
	const char *under;	       /* "concept:NAME" or "ioctl:NAME" that it is called by, or "" */
};
/* NULL: it has no such row. */
const struct kb_probe *kb_probe(size_t i);

/* "EINVAL"; NULL when there is none */
const char *kb_errno_name(int number);

#endif
