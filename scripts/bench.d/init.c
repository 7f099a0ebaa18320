/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The first process of a Linux that boots to be measured: restarts it at once, or, with the word
 * "wait" on the kernel's command line, says "bench: ready" on the serial port and waits. The kernel
 * hands on every word that it does not know; kvmtool puts such words before ours.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

static void say_ready(void)
{
	static const char text[] = "\nbench: ready\n";
	int fd = -1;

	if (!mount("dev", "/dev", "devtmpfs", 0, NULL))
		fd = open("/dev/ttyS0", O_WRONLY | O_NOCTTY);
	if (fd < 0 || write(fd, text, sizeof(text) - 1) < 0)
		reboot(RB_AUTOBOOT);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "wait"))
			for (say_ready();;)
				pause();
	reboot(RB_AUTOBOOT);
	return 1;
}
