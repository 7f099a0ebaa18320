/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the rings of a virtqueue: nothing that is read from them is believed. */
#include <errno.h>
#include <string.h>

#include "vmm/devices/virtqueue.h"

/*
 *	descriptors	16 bytes each: address, length, flags, next
 *	available ring	flags, idx, size heads, used_event	the driver writes
 *	used ring	flags, idx, size elements, avail_event	the device writes
 *
 * The two events are there with VIRTIO_RING_F_EVENT_IDX only (section 2.7.7 and 2.7.10): the
 * index at which the other side wants to hear of it.
 */
#define DESC_LEN(size)	((size) * sizeof(struct vring_desc))
#define AVAIL_LEN(size) (sizeof(struct vring_avail) + ((size) + 1) * sizeof(uint16_t))
#define USED_LEN(size) \
	(sizeof(struct vring_used) + (size) * sizeof(struct vring_used_elem) + sizeof(uint16_t))

#define LOAD(from)	__atomic_load_n(&(from), __ATOMIC_RELAXED)
#define STORE(to, value) __atomic_store_n(&(to), (value), __ATOMIC_RELAXED)

/* Sections 2.7.5, 2.7.6 and 2.7.8: how each part is aligned. Slots begin at a page. */
static void *part_at(const struct guest_memory *memory, gpa_t addr, uint64_t len,
		     unsigned int align, int *err)
{
	void *host = guest_memory_at(memory, addr, len);

	if (addr.v % align)
		*err = -EINVAL;
	else if (!host)
		*err = -EFAULT;
	return host;
}

int virtqueue_start(struct virtqueue *vq, const struct guest_memory *memory, bool has_event_idx)
{
	uint32_t size = vq->size;
	int err = 0;

	if (!size || size > VIRTQUEUE_SIZE_MAX || (size & (size - 1)))
		return -EINVAL;
	vq->desc = part_at(memory, vq->desc_gpa, DESC_LEN(size), 16, &err);
	vq->avail = part_at(memory, vq->avail_gpa, AVAIL_LEN(size), 2, &err);
	vq->used = part_at(memory, vq->used_gpa, USED_LEN(size), 4, &err);
	if (err)
		return err;
	vq->memory = memory;
	vq->has_event_idx = has_event_idx;
	vq->next_avail = vq->next_used = vq->told_used = 0;
	vq->ready = true;
	return 0;
}

void virtqueue_reset(struct virtqueue *vq)
{
	*vq = (struct virtqueue){0};
}

bool virtqueue_waiting(const struct virtqueue *vq)
{
	return vq->ready && LOAD(vq->avail->idx) != vq->next_avail;
}

/* Adds descriptor i to the chain. Returns its flags, or -errno. */
static int add_piece(const struct virtqueue *vq, uint16_t i, struct virtqueue_chain *chain)
{
	unsigned int cnt = chain->out_cnt + chain->in_cnt;
	uint32_t len = LOAD(vq->desc[i].len);
	uint16_t flags = LOAD(vq->desc[i].flags);
	uint8_t *host = guest_memory_at(vq->memory, GPA(LOAD(vq->desc[i].addr)), len);

	if (!len || (flags & ~(VRING_DESC_F_NEXT | VRING_DESC_F_WRITE)))
		return -EINVAL;
	if (!host)
		return -EFAULT;
	chain->pieces[cnt] = (struct iovec){host, len};
	if (flags & VRING_DESC_F_WRITE)
		chain->in_cnt++;
	else if (chain->in_cnt)
		return -EINVAL;
	else
		chain->out_cnt++;
	return flags;
}

/* A chain of more pieces than there are descriptors has a loop. */
static int collect(const struct virtqueue *vq, struct virtqueue_chain *chain)
{
	uint16_t i = chain->head;

	for (unsigned int n = 0; n < vq->size; n++) {
		int flags = i < vq->size ? add_piece(vq, i, chain) : -EINVAL;

		if (flags < 0)
			return flags;
		if (!(flags & VRING_DESC_F_NEXT))
			return 1;
		i = LOAD(vq->desc[i].next);
	}
	return -ELOOP;
}

int virtqueue_pop(struct virtqueue *vq, struct virtqueue_chain *chain)
{
	uint16_t waiting;

	if (!vq->ready)
		return 0;
	/* Acquire: what the driver wrote before it moved idx is seen after it. */
	waiting = __atomic_load_n(&vq->avail->idx, __ATOMIC_ACQUIRE) - vq->next_avail;
	if (!waiting)
		return 0;
	if (waiting > vq->size)
		return -EINVAL;
	chain->head = LOAD(vq->avail->ring[vq->next_avail++ & (vq->size - 1)]);
	chain->out_cnt = chain->in_cnt = 0;
	return collect(vq, chain);
}

void virtqueue_push(struct virtqueue *vq, uint16_t head, uint32_t len)
{
	struct vring_used_elem *elem = &vq->used->ring[vq->next_used++ & (vq->size - 1)];

	STORE(elem->id, head);
	STORE(elem->len, len);
	__atomic_store_n(&vq->used->idx, vq->next_used, __ATOMIC_RELEASE);
}

void virtqueue_ask_kicks(struct virtqueue *vq, bool wanted)
{
	uint16_t *avail_event = (uint16_t *)&vq->used->ring[vq->size];

	/* Without wanting, the event is left behind: it comes round in 65536 chains only. */
	if (!vq->has_event_idx)
		STORE(vq->used->flags, wanted ? 0 : VRING_USED_F_NO_NOTIFY);
	else if (wanted)
		STORE(*avail_event, vq->next_avail);
	/* Against the driver, which writes idx and then looks whether we want a kick. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

bool virtqueue_wants_interrupt(struct virtqueue *vq)
{
	uint16_t old = vq->told_used;

	vq->told_used = vq->next_used;
	/* Against the driver, which says what it wants and then looks at idx. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (vq->has_event_idx)
		return vring_need_event(LOAD(vq->avail->ring[vq->size]), vq->next_used, old);
	return vq->next_used != old && !(LOAD(vq->avail->flags) & VRING_AVAIL_F_NO_INTERRUPT);
}
