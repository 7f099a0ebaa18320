/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns guests that come from a file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/boot.h"
#include "vmm/complain.h"
#include "vmm/guest.h"

/* The struct and its name are one allocation; the image is another. */
struct file_guest {
	struct guest guest;
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

static void complain_file(const char *path, int err)
{
	if (err == -ENOENT)
		complain_name(path);
	else if (err == -ENODATA)
		complain("%s: the file is empty; give a kernel or another image", path);
	else
		complain("%s: %s; give a file that you can read, or see 'vmm --list'", path,
			 strerror(-err));
}

/* Takes the image over. */
static const struct guest *new_guest(const char *path, struct image image)
{
	const struct loader *loader = loader_find(image);
	struct file_guest *f = loader ? calloc(1, sizeof(*f) + strlen(path) + 1) : NULL;

	if (!f) {
		if (loader)
			complain("%s: out of memory; close something", path);
		else
			complain(
				"%s: no loader knows this format, and a flat 16-bit image must end "
				"below 64 KiB; docs/vmm.md lists what can be loaded",
				path);
		image_free(&image);
		return NULL;
	}
	strcpy(f->name, path);
	f->guest = (struct guest){.name = f->name,
				  .mode = GUEST_IMAGE,
				  .platform = loader->platform,
				  .arg_name = loader->platform == PLATFORM_BARE ? "N" : "",
				  .sentence = loader->name,
				  .image = image};
	return &f->guest;
}

const struct guest *guest_open(const char *name)
{
	const struct guest *guest = guest_find(name);
	struct image image;
	int err;

	if (guest)
		return guest;
	err = image_read(name, &image);
	if (!err)
		return new_guest(name, image);
	complain_file(name, err);
	return NULL;
}

/* An embedded guest's struct is static, and none of ours to change. */
static struct file_guest *from_file(const struct guest *guest)
{
	return guest && guest != guest_find(guest->name) ? (struct file_guest *)guest : NULL;
}

void guest_drop_image(const struct guest *guest)
{
	struct file_guest *f = from_file(guest);

	if (f)
		image_free(&f->guest.image);
}

void guest_free(const struct guest *guest)
{
	guest_drop_image(guest);
	free(from_file(guest));
}
