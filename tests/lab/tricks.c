/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A program whose functions begin and end in unusual ways, with a VM so that a recording has a tree.
 * tests/lab/user.sh compiles it twice, to be loaded anywhere and at one address.
 */
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <ucontext.h>
#include <unistd.h>

#define TRICK __attribute__((noinline, noclone, used)) static

static jmp_buf back;
static ucontext_t main_context, coroutine_context;
static volatile int sink;

TRICK int trick_recurse(int depth)
{
	int result = depth ? trick_recurse(depth - 1) + 1 : 0;

	sink = result;
	return result;
}

TRICK void trick_jump(int depth)
{
	if (depth)
		trick_jump(depth - 1);
	else if (sink >= 0)
		longjmp(back, 1);
	sink++;
}

TRICK void *trick_thread_end(void *arg)
{
	sink++;
	pthread_exit(arg);
}

/* Suspended in the middle, and never gone on with. */
TRICK void trick_co_yield(void)
{
	swapcontext(&coroutine_context, &main_context);
	sink++;
}

TRICK void coroutine_main(void)
{
	trick_co_yield();
}

TRICK void trick_last(void)
{
	sink++;
}

/* Ends in a jump to another function, and begins with an instruction that cannot be probed. */
void trick_tail(int n);
void trick_locked(void);
__asm__(".globl trick_tail\n.type trick_tail, @function\n"
	"trick_tail: jmp trick_recurse\n.size trick_tail, . - trick_tail\n"
	".globl trick_locked\n.type trick_locked, @function\n"
	"trick_locked: lock incl -64(%rsp)\n ret\n.size trick_locked, . - trick_locked\n");

int other_twice(void);

TRICK int trick_twice(void)
{
	return sink;
}

int main(int argc, char **argv)
{
	static char stack[64 << 10];
	int system = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int vm = ioctl(system, KVM_CREATE_VM, 0);
	volatile int jumps = 0;
	pthread_t thread;

	if (vm < 0 || ioctl(vm, KVM_CREATE_VCPU, 0) < 0)
		return 1;
	trick_recurse(2);
	trick_tail(1);
	setjmp(back);
	if (jumps++ < 3)
		trick_jump(1);
	trick_last();
	if (pthread_create(&thread, NULL, trick_thread_end, NULL) || pthread_join(thread, NULL))
		return 1;
	getcontext(&coroutine_context);
	coroutine_context.uc_stack.ss_sp = stack;
	coroutine_context.uc_stack.ss_size = sizeof(stack);
	makecontext(&coroutine_context, coroutine_main, 0);
	swapcontext(&main_context, &coroutine_context);
	trick_locked();
	trick_twice();
	other_twice();
	trick_last();
	if (argc > 1)
		execv(argv[1], argv + 1);
	puts("tricks done");
	return 0;
}
