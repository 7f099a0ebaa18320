/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the paravirtual network card: VIRTIO 1.2, section 5.1. Its rival is the e1000. */
#include <errno.h>
#include <linux/virtio_net.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/complain.h"
#include "vmm/device.h"
#include "vmm/devices/virtio_mmio.h"
#include "vmm/walk.h"

/* Section 5.1.2. */
enum { QUEUE_RECEIVE, QUEUE_TRANSMIT, QUEUE_CNT };

/* Before each frame, both ways. We offer no offload, so it says nothing but its num_buffers. */
#define HEADER_LEN    sizeof(struct virtio_net_hdr_v1)
#define FRAME_LEN_MIN 14 /* an Ethernet header */

struct net_card {
	struct virtio_device dev; /* first */
	struct net_backend *backend;
	struct virtio_net_config config;
	bool listening; /* to the backend */
	bool is_cut;	/* the backend has failed, for good */
	struct {
		struct virtio_net_hdr_v1 header;
		uint8_t frame[NET_FRAME_MAX];
	} received;
};

/* While there is no buffer for a frame it stays in the TAP, whose queue is longer than ours. */
static void listen(struct net_card *card, bool wanted)
{
	struct event_loop *loop = card->dev.slot.loop;

	if (loop && card->listening != wanted)
		event_loop_listen(loop, card->backend->fd, wanted);
	card->listening = wanted;
}

/* The driver has given a buffer that takes the header and the largest frame (section 5.1.6.3.1). */
static int deliver(struct net_card *card, size_t frame_len)
{
	struct virtqueue *vq = &card->dev.queues[QUEUE_RECEIVE];
	struct virtqueue_chain *chain = &card->dev.chain;
	size_t len = HEADER_LEN + frame_len;
	int taken = virtqueue_pop(vq, chain);

	if (taken <= 0)
		return taken;
	if (chain->out_cnt || pieces_len(chain_in(chain), chain->in_cnt) < len)
		return -EINVAL;
	pieces_write(chain_in(chain), chain->in_cnt, 0, &card->received, len);
	virtqueue_push(vq, chain->head, (uint32_t)len);
	return 0;
}

/* The host has taken the TAP away. Nothing more will come, and it is said once. */
static int cut(struct net_card *card, int err)
{
	card->is_cut = true;
	complain("virtio-net: the TAP: %s; the guest's network is cut", strerror(-err));
	if (card->dev.slot.loop)
		event_loop_remove(card->dev.slot.loop, card->backend->fd);
	return 0;
}

/* At most a ring's worth at a time; level-triggered, the loop comes back for the rest. */
static int receive(struct net_card *card)
{
	struct virtqueue *vq = &card->dev.queues[QUEUE_RECEIVE];
	int err = 0;

	if (card->is_cut)
		return 0;
	for (unsigned int n = 0; n < vq->size && virtqueue_waiting(vq) && !err; n++) {
		ssize_t len = card->backend->receive(card->backend, card->received.frame,
						     sizeof(card->received.frame));

		if (len < 0)
			return cut(card, (int)len);
		if (!len)
			break;
		err = deliver(card, (size_t)len);
	}
	virtqueue_ask_kicks(vq, !virtqueue_waiting(vq));
	listen(card, virtqueue_waiting(vq));
	virtio_interrupt(&card->dev, vq);
	return err;
}

/* On the event loop's thread: a frame waits in the TAP. */
WALK void virtio_net_receive(void *owner)
{
	struct net_card *card = owner;

	pthread_mutex_lock(&card->dev.lock);
	if (!virtio_running(&card->dev) || !card->dev.queues[QUEUE_RECEIVE].ready)
		listen(card, false);
	else if (receive(card) < 0)
		virtio_needs_reset(&card->dev);
	pthread_mutex_unlock(&card->dev.lock);
}

/* What is no frame, and what the TAP does not take, is lost, as on a wire. */
WALK int64_t virtio_net_transmit(struct virtio_device *dev)
{
	struct net_card *card = (struct net_card *)dev;
	struct virtqueue_chain *chain = &dev->chain;
	struct iovec *pieces = chain_out(chain);
	uint64_t len = pieces_len(pieces, chain->out_cnt);
	unsigned int cnt;

	if (chain->in_cnt || len < HEADER_LEN)
		return -EINVAL;
	len -= HEADER_LEN;
	cnt = pieces_cut(pieces, chain->out_cnt, HEADER_LEN, UINT64_MAX);
	if (len >= FRAME_LEN_MIN && len <= NET_FRAME_MAX)
		card->backend->send(card->backend, pieces, (int)cnt);
	return 0;
}

static int serve(struct virtio_device *dev, unsigned int queue)
{
	if (queue == QUEUE_RECEIVE)
		return receive((struct net_card *)dev);
	return virtio_serve_requests(dev, queue, virtio_net_transmit);
}

static void net_reset(struct virtio_device *dev)
{
	listen((struct net_card *)dev, false);
}

static void net_free(struct virtio_device *dev)
{
	struct net_card *card = (struct net_card *)dev;

	card->backend->free(card->backend);
	free(card);
}

static const struct virtio_model model = {
	.name = "virtio-net",
	.id = VIRTIO_ID_NET,
	.queue_cnt = QUEUE_CNT,
	.serve = serve,
	.reset = net_reset,
	.free = net_free,
};

struct virtio_device *virtio_net_new(const struct virtio_slot *slot, struct net_backend *backend)
{
	struct net_card *card = calloc(1, sizeof(*card));

	if (!card) {
		complain("%s: out of memory; free some", model.name);
		return NULL;
	}
	card->backend = backend;
	card->listening = true;
	card->received.header.num_buffers = 1;
	memcpy(card->config.mac, backend->mac, NET_MAC_LEN);
	card->dev.model = &model;
	card->dev.features = VIRTIO_FEATURES_COMMON | VIRTIO_FEATURE(VIRTIO_NET_F_MAC);
	card->dev.config = &card->config;
	card->dev.config_len = sizeof(card->config.mac);
	if (!virtio_init(&card->dev, slot))
		return &card->dev;
	free(card);
	return NULL;
}

static int create_one(struct machine *m, const char *tap)
{
	struct virtio_slot slot = virtio_mmio_slot(m);
	struct net_backend *backend = tap_open(tap);
	struct virtio_device *dev;
	int err;

	if (!backend)
		return -EINVAL;
	dev = virtio_net_new(&slot, backend);
	if (!dev)
		backend->free(backend);
	err = virtio_mmio_plug(m, dev);
	if (err)
		return err;
	err = event_loop_add(m->io, backend->fd, virtio_net_receive, dev);
	if (err)
		complain("TAP %s: %s; see 'ulimit -n'", tap, strerror(-err));
	return err;
}

static int create(struct machine *m)
{
	int err = 0;

	for (unsigned int i = 0; i < m->config.net_cnt && !err; i++)
		if (m->config.nets[i].model == NET_VIRTIO)
			err = create_one(m, m->config.nets[i].tap);
	return err;
}

const struct device virtio_net_device = {
	.name = "virtio-net", .platforms = ON_PC, .create = create};
