/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The bytes of a file that goes into the guest: a kernel, an initrd. Nobody vouches for them. */
#ifndef VMM_IMAGE_H
#define VMM_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image {
	const uint8_t *bytes;
	size_t size;
};

#define IMAGE_MAX (1ull << 30)

/*
 * Reads the file at path whole. Returns 0, or -errno: -EFBIG if it is larger than IMAGE_MAX,
 * -ENODATA if it is empty. Says nothing. image_free() is due after 0.
 */
int image_read(const char *path, struct image *image);

/* Gives the memory back; takes an empty one. */
void image_free(struct image *image);

/* The len bytes at offset, or NULL if the image does not hold them all. Need not be aligned. */
static inline const void *image_at(struct image image, uint64_t offset, uint64_t len)
{
	if (offset > image.size || len > image.size - offset)
		return NULL;
	return image.bytes + offset;
}

/* Copies len bytes at offset to to. False if the image does not hold them all. */
bool image_copy(struct image image, uint64_t offset, void *to, size_t len);

#endif
