/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the opening of disk images: what can be refused is refused before the guest runs. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmm/complain.h"
#include "vmm/disk.h"

static int complain_open(const char *path, int err)
{
	const char *what_to_do = "see 'ls -l' for what it is";

	if (err == ENOENT)
		what_to_do = "create it, as with 'truncate -s 1G FILE'";
	else if (err == EACCES || err == EPERM || err == EROFS)
		what_to_do = "to only read it, add ',ro' to its name";
	complain("disk %s: %s; %s", path, strerror(err), what_to_do);
	return -err;
}

/* Returns 0, or -errno after a message. */
static int measure(struct disk *disk, const char *path)
{
	struct stat st;
	off_t size;

	if (fstat(disk->fd, &st) < 0)
		return complain_open(path, errno);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)) {
		complain("disk %s: neither a file nor a block device; give one that is", path);
		return -EINVAL;
	}
	size = lseek(disk->fd, 0, SEEK_END);
	if (size < 0)
		return complain_open(path, errno);
	if (!size) {
		complain("disk %s: empty; give it a size, as with 'truncate -s 1G FILE'", path);
		return -EINVAL;
	}
	if (size % SECTOR_SZ) {
		complain("disk %s: %lld bytes are not a whole number of sectors of %u; "
			 "'truncate -s %%%u FILE' rounds it up",
			 path, (long long)size, SECTOR_SZ, SECTOR_SZ);
		return -EINVAL;
	}
	disk->sector_cnt = (uint64_t)size / SECTOR_SZ;
	return 0;
}

/* Two guests that write one image destroy it. A file system without locks gives none. */
static int lock(const struct disk *disk, const char *path)
{
	if (flock(disk->fd, (disk->read_only ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 ||
	    errno != EWOULDBLOCK)
		return 0;
	complain("disk %s: another program has locked it; let all of them only read it, with ',ro', "
		 "or give each its own",
		 path);
	return -EBUSY;
}

int disk_open(struct disk *disk, const char *path, bool read_only)
{
	int err;

	*disk = (struct disk){.read_only = read_only};
	/* Without O_NONBLOCK a FIFO would hold us here. */
	disk->fd = open(path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK);
	if (disk->fd < 0)
		return complain_open(path, errno);
	err = measure(disk, path);
	if (!err)
		err = lock(disk, path);
	if (err)
		disk_close(disk);
	return err;
}

void disk_close(struct disk *disk)
{
	close(disk->fd);
	disk->fd = -1;
}
