/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A virtual machine as KVM knows it: a file descriptor and slots of memory. */
#ifndef VMM_VM_H
#define VMM_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/guest_memory.h"

struct vm {
	int kvm_fd;	 /* /dev/kvm, the system */
	int fd;		 /* this VM */
	bool huge_pages; /* its memory is to come in huge pages, if the host has some */
	struct guest_memory memory;
};

/* /dev/kvm, or a negative number after a message that says what to do. */
int vm_open_kvm(void);

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
 * Gives the VM its memory, size bytes in whole pages, in one slot, or in two around the hole
 * below 4 GiB. Returns 0, or a negative number after a message.
 */
int memory_add(struct vm *vm, uint64_t size);

/*
 * Gives the VM size bytes of memory, whole pages, at base. Returns 0, or a negative number
 * after a message.
 */
int memory_add_slot(struct vm *vm, gpa_t base, uint64_t size);

/* Unmaps all slots' memory. */
void memory_release(struct vm *vm);

#endif
