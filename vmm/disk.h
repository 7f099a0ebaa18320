/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A disk image: a file or block device whose bytes are the disk's, nothing else. */
#ifndef VMM_DISK_H
#define VMM_DISK_H

#include <stdbool.h>
#include <stdint.h>

#define SECTOR_SZ 512u

struct disk {
	int fd;
	bool read_only;
	uint64_t sector_cnt;
};

/*
 * Opens the image, and locks it: against a second writer, or against any if it is written.
 * Returns 0, or -errno after a message; disk_close() is due after 0.
 */
int disk_open(struct disk *disk, const char *path, bool read_only);
void disk_close(struct disk *disk);

#endif
