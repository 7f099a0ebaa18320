/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A split virtqueue as the device sees it: chains of the guest's buffers come out of the
 * available ring, and go back through the used ring with a length. Virtual I/O Device (VIRTIO)
 * 1.2, section 2.7. All three parts lie in the guest's memory, and the guest is hostile: it may
 * write anything there at any moment. Not guarded: the device that owns the queue has the lock.
 */
#ifndef VMM_VIRTQUEUE_H
#define VMM_VIRTQUEUE_H

#include <linux/virtio_ring.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "vmm/guest_memory.h"

#define VIRTQUEUE_SIZE_MAX 256 /* descriptors; a power of two */

struct virtqueue {
	/* What the driver asks for through the transport, before the queue is started. */
	uint32_t size;
	gpa_t desc_gpa, avail_gpa, used_gpa;

	bool ready;
	bool has_event_idx; /* VIRTIO_RING_F_EVENT_IDX is negotiated */
	const struct guest_memory *memory;
	const struct vring_desc *desc;
	const struct vring_avail *avail;
	struct vring_used *used;
	uint16_t next_avail, next_used; /* free-running, as idx of the rings */
	uint16_t told_used;		/* next_used when the driver was last interrupted, or not */
};

/* One request: the pieces that the device reads, then those it writes, all in guest memory. */
struct virtqueue_chain {
	uint16_t head;
	unsigned int out_cnt, in_cnt;
	struct iovec pieces[VIRTQUEUE_SIZE_MAX];
};

static inline struct iovec *chain_out(struct virtqueue_chain *chain)
{
	return chain->pieces;
}

static inline struct iovec *chain_in(struct virtqueue_chain *chain)
{
	return chain->pieces + chain->out_cnt;
}

/*
 * Starts the queue with the driver's size and addresses. Returns 0, -EINVAL if the size is not
 * a power of two up to VIRTQUEUE_SIZE_MAX or a part is not aligned, -EFAULT if a part is not in
 * guest memory.
 */
int virtqueue_start(struct virtqueue *vq, const struct guest_memory *memory, bool has_event_idx);

/* Forgets everything the driver has asked for. */
void virtqueue_reset(struct virtqueue *vq);

/* Has the driver made a chain available that was not taken yet? */
bool virtqueue_waiting(const struct virtqueue *vq);

/*
 * Takes the next chain. Returns 1; 0 if none waits; or, when the driver has broken the rules,
 * -EINVAL (an index out of bounds, a piece to read after one to write, a flag not negotiated,
 * an empty piece), -EFAULT (a piece outside of guest memory), -ELOOP (a chain without an end):
 * the device needs a reset then.
 */
int virtqueue_pop(struct virtqueue *vq, struct virtqueue_chain *chain);

/* Gives a chain back, of which the device has written the first len bytes. */
void virtqueue_push(struct virtqueue *vq, uint16_t head, uint32_t len);

/*
 * Whether the driver is to kick when it adds a chain. After asking for kicks look once more at
 * virtqueue_waiting(): what was added just before makes no kick.
 */
void virtqueue_ask_kicks(struct virtqueue *vq, bool wanted);

/* True if the driver wants an interrupt for what was pushed since the last call. */
bool virtqueue_wants_interrupt(struct virtqueue *vq);

/*
 * Pieces are a run of bytes whose boundaries mean nothing (section 2.7.4: the device must not
 * assume a framing). All three stop at the end of the pieces.
 */
uint64_t pieces_len(const struct iovec *pieces, unsigned int cnt);
/* Bytes from offset on, in or out; return how many were copied. */
size_t pieces_read(const struct iovec *pieces, unsigned int cnt, uint64_t offset, void *to,
		   size_t len);
size_t pieces_write(const struct iovec *pieces, unsigned int cnt, uint64_t offset,
		    const void *from, size_t len);
/* Cuts them to len bytes from offset on, in place; returns the number of pieces left, from 0. */
unsigned int pieces_cut(struct iovec *pieces, unsigned int cnt, uint64_t offset, uint64_t len);

#endif
