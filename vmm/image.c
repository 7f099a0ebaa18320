/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the reading of files that go into the guest. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vmm/image.h"

static ssize_t read_all(int fd, uint8_t *buf, size_t room)
{
	size_t len = 0;

	while (len < room) {
		ssize_t n = read(fd, buf + len, room - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/*
 * Read, not mapped: a mapped file that somebody cuts short meanwhile would kill us. The room is
 * reserved for the largest, to be cut to what came: a pipe does not tell its size.
 */
static int read_image(int fd, struct image *image)
{
	const size_t room = IMAGE_MAX + 1;
	void *bytes = mmap(NULL, room, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ssize_t len;

	if (bytes == MAP_FAILED)
		return -errno;
	len = read_all(fd, bytes, room);
	if (len > 0 && (uint64_t)len <= IMAGE_MAX) {
		*image = (struct image){mremap(bytes, room, (size_t)len, 0), (size_t)len};
		return 0;
	}
	munmap(bytes, room);
	return len < 0 ? (int)len : len == 0 ? -ENODATA : -EFBIG;
}

int image_read(const char *path, struct image *image)
{
	/* Not to wait for a writer if it is a FIFO. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int err;

	if (fd < 0)
		return -errno;
	err = read_image(fd, image);
	close(fd);
	return err;
}

void image_free(struct image *image)
{
	if (image->bytes)
		munmap((void *)image->bytes, image->size);
	*image = (struct image){0};
}

bool image_copy(struct image image, uint64_t offset, void *to, size_t len)
{
	const void *from = image_at(image, offset, len);

	if (from)
		memcpy(to, from, len);
	return from;
}
