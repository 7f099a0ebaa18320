/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The e1000 in the hands of a hostile guest: registers, rings, descriptors and frames in any
 * order. Its interrupt is always what its registers make it; and no access makes more frames than
 * a round of descriptors can, nor larger ones than the card has room for.
 */
#define MEMORY_SZ 0x8000
#define TX_RING	  0x100
#define RX_RING	  0x200
#define TX_BUFFER 0x1000
#define RX_BUFFER 0x4000
#define RX_SIZE	  0x100
#include "tests/fuzz/fuzz_input.h"
#include "tests/unit/e1000_driver.h"

/* The registers in which there is something to break; the rest by number. */
static const uint16_t registers[] = {
	E1000_CTRL,  E1000_EECD,   E1000_EERD, E1000_MDIC,  E1000_VET,	 E1000_ICR,
	E1000_ICS,   E1000_IMS,	   E1000_IMC,  E1000_RCTL,  E1000_TCTL,	 E1000_RDBAL,
	E1000_RDLEN, E1000_RDH,	   E1000_RDT,  E1000_TDBAL, E1000_TDLEN, E1000_TDH,
	E1000_TDT,   E1000_RXCSUM, E1000_MTA,  E1000_RA,    E1000_VFTA,	 E1000_ITR,
};

#define REGISTER_CNT (sizeof(registers) / sizeof(registers[0]))

static unsigned int reg(uint8_t byte, struct fuzz_input *in)
{
	if (byte < 192)
		return registers[byte % REGISTER_CNT];
	return (unsigned int)fuzz_take(in, 3) % E1000_MMIO_SIZE;
}

/* A descriptor whose parts are likely to be good, so that what follows it is reached. */
static void descriptor(struct driver *d, struct fuzz_input *in)
{
	uint64_t low = fuzz_take(in, 8), high = fuzz_take(in, 8);
	uint8_t how = (uint8_t)fuzz_take(in, 1);

	if (how & 1)
		low &= MEMORY_SZ - 1;
	if (how & 2)
		high &= ~0xfffc00ull; /* up to 1023 bytes */
	if (how & 4)
		high |= 0x20100000; /* data */
	driver_desc(d, how & 8 ? RX_RING : TX_RING, (how >> 4) % RING_CNT, low, high);
}

static void frame(struct driver *d, struct fuzz_input *in)
{
	uint8_t bytes[NET_FRAME_MAX + 16] = {0};
	size_t len = fuzz_take(in, 2) % sizeof(bytes), given = fuzz_take(in, 1) % 32;

	fuzz_take_bytes(in, bytes, given);
	e1000_receive(d->card, bytes, len);
}

static void step(struct driver *d, struct fuzz_input *in)
{
	uint8_t op = (uint8_t)fuzz_take(in, 1), what = (uint8_t)fuzz_take(in, 1);
	unsigned int size = 1u << (op >> 4) % 3;

	switch (op & 15) {
	case 0 ... 3:
		e1000_mmio_write(d->card, reg(what, in), 4, fuzz_take(in, 4));
		break;
	case 4:
		e1000_mmio_read(d->card, reg(what, in), size);
		break;
	case 5:
		e1000_mmio_write(d->card, reg(what, in), size, fuzz_take(in, size));
		break;
	case 6:
		e1000_port_out(d->card, what % E1000_PORT_SIZE, size, fuzz_take(in, size));
		break;
	case 7:
		e1000_port_in(d->card, what % E1000_PORT_SIZE, size);
		break;
	case 8:
		driver_command(d, what);
		break;
	case 9 ... 11:
		descriptor(d, in);
		break;
	case 12:
		driver_put(d, E1000_TDT, what % RING_CNT);
		break;
	case 13:
		driver_put(d, E1000_RDT, what % RING_CNT);
		break;
	default:
		frame(d, in);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct driver *d = driver_new();

	if (size && data[size - 1] & 1)
		driver_start(d);
	while (in.left) {
		d->sent_cnt = 0;
		step(d, &in);
		if (d->line != !!(d->card->cause & d->card->mask))
			abort();
		if (d->sent_cnt > 256 * OFFLOAD_SEGMENTS_MAX)
			abort();
		for (unsigned int i = 0; i < d->sent_cnt && i < SENT_MAX; i++)
			if (d->sent_len[i] < ETH_HLEN || d->sent_len[i] > E1000_FRAME_MAX)
				abort();
	}
	driver_free(d);
	return 0;
}
