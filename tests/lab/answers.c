/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A VMM that this project does not know: its guest reads a port, and an MSR and writes one that KVM
 * has been told to leave to user space. What it answers is what the recording has to show, and that it
 * sends an NMI while the guest reads the port.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define MSR	   0x12345
#define MSR_ANSWER 0x1122334455667788ull
#define PORT	   0x3fd
#define IN_ANSWER  0x60

/* mov ecx, MSR; rdmsr; mov dx, PORT; in al, dx; wrmsr; hlt: 16-bit code */
static const uint8_t code[] = {
	0x66, 0xb9, 0x45, 0x23, 0x01, 0x00, 0x0f, 0x32, 0xba, 0xfd, 0x03, 0xec, 0x0f, 0x30, 0xf4,
};

/* Where the guest's table of interrupts is, and what serves them all: iret. */
#define IVT_AT	0x400
#define IRET_AT 0x300
#define STACK_AT 0x1000
#define NMI	2

static int call(int fd, unsigned long request, void *arg)
{
	int result = ioctl(fd, request, arg);

	if (result < 0)
		err(1, "ioctl 0x%lx", request);
	return result;
}

static void answer(int vcpu, struct kvm_run *run)
{
	switch (run->exit_reason) {
	case KVM_EXIT_X86_RDMSR:
		run->msr.data = MSR_ANSWER;
		run->msr.error = 0;
		break;
	case KVM_EXIT_X86_WRMSR:
		run->msr.error = 0;
		break;
	case KVM_EXIT_IO:
		((uint8_t *)run)[run->io.data_offset] = IN_ANSWER;
		call(vcpu, KVM_NMI, NULL);
		break;
	default:
		errx(1, "exit reason %u", run->exit_reason);
	}
}

int main(void)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_X86_USER_SPACE_MSR,
		.args = { KVM_MSR_EXIT_REASON_UNKNOWN | KVM_MSR_EXIT_REASON_INVAL },
	};
	struct kvm_userspace_memory_region region = { .memory_size = 4096 };
	struct kvm_regs regs = { .rflags = 2, .rsp = STACK_AT };
	struct kvm_sregs sregs;
	struct kvm_run *run;
	uint8_t *memory;
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm, vcpu;

	if (kvm < 0)
		err(1, "/dev/kvm");
	vm = call(kvm, KVM_CREATE_VM, NULL);
	call(vm, KVM_ENABLE_CAP, &cap);
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		err(1, "memory");
	memcpy(memory, code, sizeof(code));
	memory[IRET_AT] = 0xcf;
	memcpy(memory + IVT_AT + 4 * NMI, &(uint16_t){ IRET_AT }, sizeof(uint16_t));
	region.userspace_addr = (uintptr_t)memory;
	call(vm, KVM_SET_USER_MEMORY_REGION, &region);
	vcpu = call(vm, KVM_CREATE_VCPU, NULL);
	run = mmap(NULL, (size_t)call(kvm, KVM_GET_VCPU_MMAP_SIZE, NULL), PROT_READ | PROT_WRITE,
		   MAP_SHARED, vcpu, 0);
	if (run == MAP_FAILED)
		err(1, "kvm_run");
	call(vcpu, KVM_GET_SREGS, &sregs);
	sregs.cs.base = sregs.cs.selector = 0;
	sregs.idt.base = IVT_AT;
	call(vcpu, KVM_SET_SREGS, &sregs);
	call(vcpu, KVM_SET_REGS, &regs);
	for (;;) {
		call(vcpu, KVM_RUN, NULL);
		if (run->exit_reason == KVM_EXIT_HLT)
			return 0;
		answer(vcpu, run);
	}
}
