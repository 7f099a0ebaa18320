/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the way of an image from a file, and into the guest's memory. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmm/complain.h"
#include "vmm/guest.h"
#include "vmm/guest_abi.h"
#include "vmm/walk.h"

/* A guest that came from a file: the struct, its name and its bytes are one allocation. */
struct file_guest {
	struct guest guest;
	uint8_t image[GUEST_IMAGE_MAX + 1]; /* one more, to see that a file is too large */
	char name[];
};

static void complain_name(const char *name)
{
	const struct guest *near = guest_near(name);

	if (near)
		complain("%s: no guest of that name, and no such file; did you mean '%s'?", name,
			 near->name);
	else
		complain("%s: no guest of that name, and no such file; "
			 "'vmm --list' names the guests",
			 name);
}

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

static const struct guest *read_image(const char *path, int fd)
{
	struct file_guest *f = calloc(1, sizeof(*f) + strlen(path) + 1);
	ssize_t len;

	if (!f) {
		complain("%s: out of memory; close something", path);
		return NULL;
	}
	len = read_all(fd, f->image, sizeof(f->image));
	if (len < 0)
		complain("%s: %s; give a flat 16-bit image", path, strerror((int)-len));
	else if (len == 0)
		complain("%s: the file is empty; give a flat 16-bit image", path);
	else if (len > GUEST_IMAGE_MAX)
		complain("%s: larger than %d bytes; a flat 16-bit image must end below 64 KiB",
			 path, GUEST_IMAGE_MAX);
	else {
		strcpy(f->name, path);
		f->guest = (struct guest){.name = f->name,
					  .mode = GUEST_REAL,
					  .arg_name = "N",
					  .sentence = "a file",
					  .image = f->image,
					  .image_sz = (size_t)len};
		return &f->guest;
	}
	free(f);
	return NULL;
}

const struct guest *guest_open(const char *name)
{
	const struct guest *guest = guest_find(name);
	int fd, err;

	if (guest)
		return guest;
	/* Not to wait for a writer if it is a FIFO. */
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		err = errno;
		if (err == ENOENT)
			complain_name(name);
		else
			complain("%s: %s; give a file that you can read, or see 'vmm --list'", name,
				 strerror(err));
		return NULL;
	}
	guest = read_image(name, fd);
	close(fd);
	return guest;
}

void guest_free(const struct guest *guest)
{
	if (guest && guest != guest_find(guest->name))
		free((void *)guest); /* the first member of its file_guest */
}

/* Seed: part of pc_init1(), which loads the BIOS; QEMU today: x86_bios_rom_init(). */
WALK int guest_load(const struct vm *vm, const struct guest *guest)
{
	uint8_t *to = guest_memory_at(&vm->memory, GPA(GUEST_LOAD_GPA), guest->image_sz);

	if (!to || guest->image_sz > GUEST_IMAGE_MAX) {
		complain("%s: %zu bytes do not fit below 64 KiB; make the image smaller",
			 guest->name, guest->image_sz);
		return -EFBIG;
	}
	memcpy(to, guest->image, guest->image_sz);
	return 0;
}
