/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A VMM that does what ours never does, for tests of the recorder:
 *
 *   odd_vmm many V N     V vCPUs, all made by the first thread, each run by one of its own
 *   odd_vmm add V N      the same, but each is made when the one before has done half its exits
 *   odd_vmm move 2 N     one vCPU, run by two threads in turns
 *   odd_vmm churn V N    V VMs with one vCPU each, one after another; then two more at once
 *   odd_vmm keep V N     like many; when their threads have ended the vCPUs stay until the input ends
 *   odd_vmm twice 1 N    tries again and again to make the vCPU that there is, while it runs
 *   odd_vmm pair V N     two VMs with V vCPUs each; says their descriptors
 *   odd_vmm spin 1 N     says so when its exits are done, and computes until it is killed
 *
 * A guest does nothing but `out dx, al`, forever. vCPU I writes to port 0x100 + I, and is left alone
 * after N exits to user space (0: never). Its last line says how many there were in all.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define CODE_AT	  0x1000
#define CODE_SZ	  0x1000
#define PORT_BASE 0x100
#define TURN_CNT  10 /* of `move` */

/* out dx, al; jmp back */
static const unsigned char code[] = { 0xee, 0xeb, 0xfd };

struct cpu {
	int fd;
	struct kvm_run *run;
	unsigned long exit_cnt, exit_max;
	_Atomic unsigned long done_cnt; /* as others see it */
	pthread_t thread;
};

static int kvm;
static unsigned long exit_cnt;

static int must(int result, const char *what)
{
	if (result < 0)
		err(1, "%s", what);
	return result;
}

static int machine_new(void)
{
	int vm = must(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	struct kvm_userspace_memory_region slot = { .guest_phys_addr = CODE_AT, .memory_size = CODE_SZ };
	void *memory = mmap(NULL, CODE_SZ, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		err(1, "memory");
	memcpy(memory, code, sizeof(code));
	slot.userspace_addr = (unsigned long)memory;
	must(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &slot), "KVM_SET_USER_MEMORY_REGION");
	return vm;
}

static void cpu_make(struct cpu *cpu, int vm, int id, unsigned long exit_max)
{
	struct kvm_regs regs = { .rip = CODE_AT, .rdx = PORT_BASE + (unsigned int)id, .rflags = 2 };
	struct kvm_sregs sregs;

	memset(cpu, 0, sizeof(*cpu));
	cpu->exit_max = exit_max;
	cpu->fd = must(ioctl(vm, KVM_CREATE_VCPU, id), "KVM_CREATE_VCPU");
	cpu->run = mmap(NULL, (size_t)must(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "mmap size"),
			PROT_READ | PROT_WRITE, MAP_SHARED, cpu->fd, 0);
	if (cpu->run == MAP_FAILED)
		err(1, "kvm_run");
	must(ioctl(cpu->fd, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	sregs.cs.base = sregs.cs.selector = 0;
	must(ioctl(cpu->fd, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	must(ioctl(cpu->fd, KVM_SET_REGS, &regs), "KVM_SET_REGS");
}

/* So many more exits, or no more than it may make in all. */
static void cpu_run(struct cpu *cpu, unsigned long more)
{
	for (; more && (!cpu->exit_max || cpu->exit_cnt < cpu->exit_max); more--) {
		must(ioctl(cpu->fd, KVM_RUN, 0), "KVM_RUN");
		if (cpu->run->exit_reason != KVM_EXIT_IO)
			errx(1, "exit reason %u", cpu->run->exit_reason);
		cpu->done_cnt = ++cpu->exit_cnt;
	}
}

static void *cpu_thread(void *cpu)
{
	cpu_run(cpu, -1ul);
	return NULL;
}

static void *turn_thread(void *arg)
{
	struct cpu *cpu = arg;

	cpu_run(cpu, cpu->exit_max / TURN_CNT);
	return NULL;
}

static void cpu_start(struct cpu *cpu, void *(*fn)(void *))
{
	if (pthread_create(&cpu->thread, NULL, fn, cpu))
		errx(1, "no thread");
}

static void cpu_wait(struct cpu *cpu)
{
	pthread_join(cpu->thread, NULL);
	exit_cnt += cpu->exit_cnt;
}

static void input_await(void)
{
	puts("no thread is left");
	fflush(stdout);
	while (getchar() != EOF)
		;
}

static void spin(unsigned long exit_max)
{
	struct cpu cpu;

	cpu_make(&cpu, machine_new(), 0, exit_max);
	cpu_run(&cpu, exit_max);
	puts("no exit is left");
	fflush(stdout);
	for (;;)
		atomic_signal_fence(memory_order_seq_cst);
}

/* KVM makes a vCPU before it sees that there is one of its number, and destroys it again. */
static void twice(unsigned long exit_max)
{
	int vm = machine_new();
	struct cpu cpu;

	cpu_make(&cpu, vm, 0, exit_max);
	cpu_start(&cpu, cpu_thread);
	do {
		if (ioctl(vm, KVM_CREATE_VCPU, 0) >= 0 || errno != EEXIST)
			errx(1, "a vCPU was made twice");
		usleep(1000);
	} while (!exit_max || cpu.done_cnt < exit_max);
	cpu_wait(&cpu);
	close(cpu.fd);
	close(vm);
}

/* V vCPUs of one VM. */
static void many(int cpu_cnt, unsigned long exit_max, char mode)
{
	struct cpu *cpus = calloc((size_t)cpu_cnt, sizeof(*cpus));
	int vm = machine_new();

	for (int i = 0; i < cpu_cnt && mode != 'a'; i++)
		cpu_make(&cpus[i], vm, i, exit_max);
	for (int i = 0; i < cpu_cnt; i++) {
		while (mode == 'a' && i && cpus[i - 1].done_cnt < exit_max / 2)
			usleep(1000);
		if (mode == 'a')
			cpu_make(&cpus[i], vm, i, exit_max);
		cpu_start(&cpus[i], cpu_thread);
	}
	for (int i = 0; i < cpu_cnt; i++)
		cpu_wait(&cpus[i]);
	if (mode == 'k')
		input_await();
	for (int i = 0; i < cpu_cnt; i++)
		close(cpus[i].fd);
	close(vm);
	free(cpus);
}

static void move(unsigned long exit_max)
{
	int vm = machine_new();
	struct cpu cpu;

	cpu_make(&cpu, vm, 0, exit_max);
	for (int turn = 0; turn < TURN_CNT; turn++) {
		if (turn & 1) {
			turn_thread(&cpu);
			continue;
		}
		cpu_start(&cpu, turn_thread);
		pthread_join(cpu.thread, NULL);
	}
	exit_cnt += cpu.exit_cnt;
	close(cpu.fd);
	close(vm);
}

/* Two VMs at once; V vCPUs each. */
static void pair(int cpu_cnt, unsigned long exit_max)
{
	struct cpu *cpus = calloc(2 * (size_t)cpu_cnt, sizeof(*cpus));
	int vms[2] = { machine_new(), machine_new() };

	for (int i = 0; i < 2 * cpu_cnt; i++)
		cpu_make(&cpus[i], vms[i / cpu_cnt], i % cpu_cnt, exit_max);
	printf("%d-%d %d-%d\n", getpid(), vms[0], getpid(), vms[1]);
	fflush(stdout);
	for (int i = 0; i < 2 * cpu_cnt; i++)
		cpu_start(&cpus[i], cpu_thread);
	for (int i = 0; i < 2 * cpu_cnt; i++)
		cpu_wait(&cpus[i]);
	for (int i = 0; i < 2 * cpu_cnt; i++)
		close(cpus[i].fd);
	close(vms[0]);
	close(vms[1]);
	free(cpus);
}

int main(int argc, char **argv)
{
	const char *mode = argc == 4 ? argv[1] : "";
	int cpu_cnt = argc == 4 ? atoi(argv[2]) : 0;
	unsigned long exit_max = argc == 4 ? strtoul(argv[3], NULL, 0) : 0;

	kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	if (!strcmp(mode, "many") || !strcmp(mode, "add") || !strcmp(mode, "keep")) {
		many(cpu_cnt, exit_max, *mode);
	} else if (!strcmp(mode, "move")) {
		move(exit_max);
	} else if (!strcmp(mode, "twice")) {
		twice(exit_max);
	} else if (!strcmp(mode, "pair")) {
		pair(cpu_cnt, exit_max);
	} else if (!strcmp(mode, "spin")) {
		spin(exit_max);
	} else if (!strcmp(mode, "churn")) {
		for (int i = 0; i < cpu_cnt; i++)
			many(1, exit_max, 'm');
		pair(1, exit_max);
	} else {
		errx(2, "usage: odd_vmm many|add|move|churn|keep|twice|pair|spin V N");
	}
	printf("%lu exits\n", exit_cnt);
	return 0;
}
