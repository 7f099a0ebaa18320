/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A virtual machine as KVM knows it: a file descriptor and slots of memory. */
#ifndef VMM_VM_H
#define VMM_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/gpa.h"

struct memory_slot {
	gpa_t base;
	uint64_t size; /* bytes, whole pages */
	uint8_t *host; /* where the same bytes are in our address space; owned */
};

#define VM_SLOTS_MAX 4

struct vm {
	int kvm_fd; /* /dev/kvm, the system */
	int fd;	    /* this VM */
	unsigned int slot_cnt;
	struct memory_slot slots[VM_SLOTS_MAX];
};

/*
 * Opens KVM, checks that it offers what we need, and creates a VM with neither memory nor
 * vCPU. Returns 0, or a negative number after a message; vm_release() is due either way.
 */
int vm_create(struct vm *vm);

/* Gives back memory and descriptors. Due after the last vCPU of the VM is released. */
void vm_release(struct vm *vm);

/* How many vCPUs KVM allows a VM to have. */
unsigned int vm_vcpus_max(const struct vm *vm);

/*
 * Gives the VM size bytes of memory, whole pages, at base. Returns 0, or a negative number
 * after a message.
 */
int memory_add_slot(struct vm *vm, gpa_t base, uint64_t size);

/*
 * Where the guest's len bytes at addr are in our address space, or NULL if they are not all
 * in one slot. The pointer is good until vm_release(); the guest may change what it points to
 * at any moment.
 */
uint8_t *memory_at(const struct vm *vm, gpa_t addr, uint64_t len);

/* Unmaps all slots' memory. */
void memory_release(struct vm *vm);

#endif
