/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the entropy device: VIRTIO 1.2, section 5.4. The simplest of the kinds: read it first. */
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "vmm/complain.h"
#include "vmm/device.h"
#include "vmm/devices/virtio_mmio.h"
#include "vmm/walk.h"

/* A request gives at most this many; the driver asks again for more. */
#define BYTES_MAX 4096

WALK int64_t virtio_rng_request(struct virtio_device *dev)
{
	struct virtqueue_chain *chain = &dev->chain;
	uint8_t bytes[BYTES_MAX];
	uint64_t len = pieces_len(chain_in(chain), chain->in_cnt);
	ssize_t got;

	if (!len || chain->out_cnt)
		return -EINVAL;
	/* The host's pool is filled long before a VM starts: it does not block. */
	got = getrandom(bytes, len < BYTES_MAX ? len : BYTES_MAX, 0);
	if (got < 0)
		got = 0;
	return (int64_t)pieces_write(chain_in(chain), chain->in_cnt, 0, bytes, (size_t)got);
}

static int serve(struct virtio_device *dev, unsigned int queue)
{
	return virtio_serve_requests(dev, queue, virtio_rng_request);
}

static void rng_free(struct virtio_device *dev)
{
	free(dev);
}

static const struct virtio_model model = {
	.name = "virtio-rng",
	.id = VIRTIO_ID_RNG,
	.queue_cnt = 1,
	.serve = serve,
	.free = rng_free,
};

struct virtio_device *virtio_rng_new(const struct virtio_slot *slot)
{
	struct virtio_device *dev = calloc(1, sizeof(*dev));

	if (!dev) {
		complain("%s: out of memory; free some", model.name);
		return NULL;
	}
	dev->model = &model;
	dev->features = VIRTIO_FEATURES_COMMON;
	if (!virtio_init(dev, slot))
		return dev;
	free(dev);
	return NULL;
}

static int create(struct machine *m)
{
	struct virtio_slot slot = virtio_mmio_slot(m);

	return virtio_mmio_plug(m, virtio_rng_new(&slot));
}

const struct device virtio_rng_device = {
	.name = "virtio-rng", .platforms = ON_PC, .create = create};
