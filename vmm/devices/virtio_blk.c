/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the disk: VIRTIO 1.2, section 5.2. */
#include <errno.h>
#include <fcntl.h>
#include <linux/virtio_blk.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "vmm/complain.h"
#include "vmm/device.h"
#include "vmm/devices/virtio_mmio.h"
#include "vmm/walk.h"

/*
 * What one request may ask for, as the driver is told: nobody else is served while it is. Data
 * is up to SEG_MAX pieces of SEG_LEN_MAX bytes, beside the header and the status.
 */
#define SEG_MAX		 128u
#define SEG_LEN_MAX	 65536u
#define RANGES_MAX	 16u	    /* of a discard */
#define RANGE_SECTOR_MAX (64u << 11) /* 64 MiB, of a discard or of zeroes */

struct blk {
	struct virtio_device dev; /* first */
	struct disk disk;
	struct virtio_blk_config config;
	char id[VIRTIO_BLK_ID_BYTES]; /* without a NUL if it fills all */
};

struct request {
	struct blk *blk;
	uint64_t sector;
	struct iovec *data;
	unsigned int data_cnt;
	uint64_t len; /* of the data */
};

static bool in_disk(const struct blk *blk, uint64_t sector, uint64_t cnt)
{
	return sector <= blk->disk.sector_cnt && cnt <= blk->disk.sector_cnt - sector;
}

typedef ssize_t transfer_fn(int fd, const struct iovec *pieces, int cnt, off_t offset);

static uint8_t transfer(struct request *r, transfer_fn *fn)
{
	off_t offset = (off_t)(r->sector * SECTOR_SZ);

	if (r->len % SECTOR_SZ || !in_disk(r->blk, r->sector, r->len / SECTOR_SZ))
		return VIRTIO_BLK_S_IOERR;
	while (r->data_cnt) {
		ssize_t n = fn(r->blk->disk.fd, r->data, (int)r->data_cnt, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return VIRTIO_BLK_S_IOERR;
		offset += n;
		r->data_cnt = pieces_cut(r->data, r->data_cnt, (uint64_t)n, UINT64_MAX);
	}
	return VIRTIO_BLK_S_OK;
}

static uint8_t flush(struct request *r)
{
	return fdatasync(r->blk->disk.fd) ? VIRTIO_BLK_S_IOERR : VIRTIO_BLK_S_OK;
}

static uint8_t read_data(struct request *r)
{
	return transfer(r, preadv);
}

/* Section 5.2.6.2: a driver that does not know of flushes must not need them. */
static uint8_t write_data(struct request *r)
{
	uint8_t status = transfer(r, pwritev);

	if (status == VIRTIO_BLK_S_OK &&
	    !(r->blk->dev.driver_features & VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH)))
		status = flush(r);
	return status;
}

static uint8_t get_id(struct request *r)
{
	pieces_write(r->data, r->data_cnt, 0, r->blk->id, sizeof(r->blk->id));
	return VIRTIO_BLK_S_OK;
}

static uint8_t fallocate_range(struct blk *blk, const struct virtio_blk_discard_write_zeroes *range,
			       int mode)
{
	if (range->num_sectors > RANGE_SECTOR_MAX ||
	    !in_disk(blk, range->sector, range->num_sectors))
		return VIRTIO_BLK_S_IOERR;
	if (!range->num_sectors || !fallocate(blk->disk.fd, mode | FALLOC_FL_KEEP_SIZE,
					      (off_t)(range->sector * SECTOR_SZ),
					      (off_t)range->num_sectors * SECTOR_SZ))
		return VIRTIO_BLK_S_OK;
	return errno == EOPNOTSUPP ? VIRTIO_BLK_S_UNSUPP : VIRTIO_BLK_S_IOERR;
}

/* The data are ranges, each with flags of its own; a range without flags is done by mode. */
static uint8_t fallocate_ranges(struct request *r, uint32_t flags_allowed, int mode)
{
	struct virtio_blk_discard_write_zeroes range;
	uint8_t status = VIRTIO_BLK_S_OK;

	if (!r->len || r->len % sizeof(range) || r->len / sizeof(range) > RANGES_MAX)
		return VIRTIO_BLK_S_IOERR;
	for (uint64_t at = 0; at < r->len && status == VIRTIO_BLK_S_OK; at += sizeof(range)) {
		pieces_read(r->data, r->data_cnt, at, &range, sizeof(range));
		if (range.flags & ~flags_allowed)
			return VIRTIO_BLK_S_UNSUPP;
		status = fallocate_range(r->blk, &range,
					 range.flags ? FALLOC_FL_PUNCH_HOLE : mode);
	}
	return status;
}

static uint8_t discard(struct request *r)
{
	return fallocate_ranges(r, 0, FALLOC_FL_PUNCH_HOLE);
}

/* A hole reads as zeroes too, but the driver must have said that it may be one. */
static uint8_t write_zeroes(struct request *r)
{
	return fallocate_ranges(r, VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP, FALLOC_FL_ZERO_RANGE);
}

static const struct operation {
	uint32_t type;
	bool to_guest; /* the data is written to the guest's memory, else it is read */
	bool writes;   /* the disk */
	uint8_t (*run)(struct request *r);
} operations[] = {
	{VIRTIO_BLK_T_IN, true, false, read_data},
	{VIRTIO_BLK_T_OUT, false, true, write_data},
	{VIRTIO_BLK_T_FLUSH, false, false, flush},
	{VIRTIO_BLK_T_GET_ID, true, false, get_id},
	{VIRTIO_BLK_T_DISCARD, false, true, discard},
	{VIRTIO_BLK_T_WRITE_ZEROES, false, true, write_zeroes},
};

static const struct operation *find(uint32_t type)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (operations[i].type == type)
			return &operations[i];
	return NULL;
}

static bool within_limits(const struct request *r)
{
	for (unsigned int i = 0; i < r->data_cnt; i++)
		if (r->data[i].iov_len > SEG_LEN_MAX)
			return false;
	return r->data_cnt <= SEG_MAX;
}

static uint8_t run(struct blk *blk, const struct virtio_blk_outhdr *head)
{
	struct virtqueue_chain *chain = &blk->dev.chain;
	const struct operation *op = find(head->type);
	struct request r = {.blk = blk, .sector = head->sector};

	if (!op)
		return VIRTIO_BLK_S_UNSUPP;
	if (op->writes && blk->disk.read_only)
		return VIRTIO_BLK_S_IOERR;
	if (op->to_guest) {
		r.data = chain_in(chain);
		r.len = pieces_len(r.data, chain->in_cnt) - 1;
		r.data_cnt = pieces_cut(r.data, chain->in_cnt, 0, r.len);
	} else {
		r.data = chain_out(chain);
		r.data_cnt = pieces_cut(r.data, chain->out_cnt, sizeof(*head), UINT64_MAX);
		r.len = pieces_len(r.data, r.data_cnt);
	}
	return within_limits(&r) ? op->run(&r) : VIRTIO_BLK_S_IOERR;
}

/* A header to read, data, and a byte of status to write, the last of all. */
WALK int64_t virtio_blk_request(struct virtio_device *dev)
{
	struct virtqueue_chain *chain = &dev->chain;
	struct virtio_blk_outhdr head;
	const struct iovec *last;
	uint8_t *status;
	uint64_t len;

	if (pieces_read(chain_out(chain), chain->out_cnt, 0, &head, sizeof(head)) != sizeof(head) ||
	    !chain->in_cnt)
		return -EINVAL;
	last = &chain_in(chain)[chain->in_cnt - 1];
	status = (uint8_t *)last->iov_base + last->iov_len - 1;
	len = pieces_len(chain_in(chain), chain->in_cnt);
	*status = run((struct blk *)dev, &head);
	return (int64_t)len;
}

static int serve(struct virtio_device *dev, unsigned int queue)
{
	return virtio_serve_requests(dev, queue, virtio_blk_request);
}

static void blk_free(struct virtio_device *dev)
{
	struct blk *blk = (struct blk *)dev;

	disk_close(&blk->disk);
	free(blk);
}

static const struct virtio_model model = {
	.name = "virtio-blk",
	.id = VIRTIO_ID_BLOCK,
	.queue_cnt = 1,
	.serve = serve,
	.free = blk_free,
};

#define FEATURES_ALWAYS                                                       \
	(VIRTIO_FEATURES_COMMON | VIRTIO_FEATURE(VIRTIO_BLK_F_SIZE_MAX) |     \
	 VIRTIO_FEATURE(VIRTIO_BLK_F_SEG_MAX) | VIRTIO_FEATURE(VIRTIO_BLK_F_FLUSH))
#define FEATURES_TO_WRITE \
	(VIRTIO_FEATURE(VIRTIO_BLK_F_DISCARD) | VIRTIO_FEATURE(VIRTIO_BLK_F_WRITE_ZEROES))

static void describe(struct blk *blk)
{
	blk->config = (struct virtio_blk_config){
		.capacity = blk->disk.sector_cnt,
		.size_max = SEG_LEN_MAX,
		.seg_max = SEG_MAX,
		.max_discard_sectors = RANGE_SECTOR_MAX,
		.max_discard_seg = RANGES_MAX,
		.discard_sector_alignment = 1,
		.max_write_zeroes_sectors = RANGE_SECTOR_MAX,
		.max_write_zeroes_seg = RANGES_MAX,
		.write_zeroes_may_unmap = 1,
	};
	blk->dev.model = &model;
	blk->dev.features = FEATURES_ALWAYS | (blk->disk.read_only ? VIRTIO_FEATURE(VIRTIO_BLK_F_RO)
								   : FEATURES_TO_WRITE);
	blk->dev.config = &blk->config;
	blk->dev.config_len = sizeof(blk->config);
}

struct virtio_device *virtio_blk_new(const struct virtio_slot *slot, const struct disk *disk,
				     const char *id)
{
	struct blk *blk = calloc(1, sizeof(*blk));

	if (!blk) {
		complain("%s: out of memory; free some", model.name);
		return NULL;
	}
	blk->disk = *disk;
	memcpy(blk->id, id, strnlen(id, sizeof(blk->id)));
	describe(blk);
	if (!virtio_init(&blk->dev, slot))
		return &blk->dev;
	free(blk);
	return NULL;
}

static int create_one(struct machine *m, const struct disk_config *config)
{
	struct virtio_slot slot = virtio_mmio_slot(m);
	const char *slash = strrchr(config->path, '/');
	struct virtio_device *dev;
	struct disk disk;
	int err = disk_open(&disk, config->path, config->read_only);

	if (err)
		return err;
	dev = virtio_blk_new(&slot, &disk, slash ? slash + 1 : config->path);
	if (!dev)
		disk_close(&disk);
	return virtio_mmio_plug(m, dev);
}

static int create(struct machine *m)
{
	int err = 0;

	for (unsigned int i = 0; i < m->config.disk_cnt && !err; i++)
		err = create_one(m, &m->config.disks[i]);
	return err;
}

const struct device virtio_blk_device = {
	.name = "virtio-blk", .platforms = ON_PC, .create = create};
