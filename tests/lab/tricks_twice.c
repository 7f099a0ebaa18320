/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A function with the name of another one in tricks.c. */
int other_twice(void);

__attribute__((noinline, noclone)) static int trick_twice(void)
{
	__asm__ volatile("");
	return 7;
}

int other_twice(void)
{
	return trick_twice();
}
