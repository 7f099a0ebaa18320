/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns the real-time clock and its battery-backed memory (CMOS), an MC146818: the host's time,
 * in UTC, and the size of memory where a BIOS would keep it. It has no interrupt.
 *
 *	0x70  write: which register		0x71  read, write: that register
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "vmm/device.h"
#include "vmm/layout.h"
#include "vmm/walk.h"

#define RTC_PORT 0x70
#define CMOS_LEN 128

enum rtc_register {
	SECONDS = 0x00,
	MINUTES = 0x02,
	HOURS = 0x04,
	WEEKDAY = 0x06,
	DAY = 0x07,
	MONTH = 0x08,
	YEAR = 0x09,
	STATUS_A = 0x0a,
	STATUS_B = 0x0b,
	STATUS_C = 0x0c,
	STATUS_D = 0x0d,
	BASE_KIB = 0x15,     /* two bytes, as are all sizes */
	EXTENDED_KIB = 0x17, /* above 1 MiB, up to 64 MiB; once more at 0x30 */
	EXTENDED_KIB_2 = 0x30,
	CENTURY = 0x32,
	ABOVE_16M = 0x34, /* in 64 KiB, up to 4 GiB */
};

#define A_DIVIDER_RATE 0x26 /* 32,768 Hz, 1,024 Hz: what every BIOS sets */
#define B_24_HOURS     0x02
#define B_BINARY       0x04 /* not BCD */
#define D_BATTERY_GOOD 0x80

struct rtc {
	pthread_mutex_t lock;
	uint8_t index;
	uint8_t cmos[CMOS_LEN];
};

static uint8_t encode(const struct rtc *rtc, int value)
{
	if (rtc->cmos[STATUS_B] & B_BINARY)
		return (uint8_t)value;
	return (uint8_t)(value / 10 << 4 | value % 10);
}

/* In 12-hour mode it is 12, 1, ... 11, and bit 7 is set in the afternoon. */
static uint8_t encode_hour(const struct rtc *rtc, int hour)
{
	if (rtc->cmos[STATUS_B] & B_24_HOURS)
		return encode(rtc, hour);
	return (uint8_t)(encode(rtc, (hour + 11) % 12 + 1) | (hour >= 12 ? 0x80 : 0));
}

/* The clock cannot be set: it is the host's. What is written to its registers is forgotten. */
static uint8_t read_register(const struct rtc *rtc)
{
	time_t now = time(NULL);
	struct tm t;

	gmtime_r(&now, &t);
	switch (rtc->index) {
	case SECONDS:
		return encode(rtc, t.tm_sec > 59 ? 59 : t.tm_sec);
	case MINUTES:
		return encode(rtc, t.tm_min);
	case HOURS:
		return encode_hour(rtc, t.tm_hour);
	case WEEKDAY:
		return encode(rtc, t.tm_wday + 1);
	case DAY:
		return encode(rtc, t.tm_mday);
	case MONTH:
		return encode(rtc, t.tm_mon + 1);
	case YEAR:
		return encode(rtc, t.tm_year % 100);
	case CENTURY:
		return encode(rtc, t.tm_year / 100 + 19);
	default:
		return rtc->cmos[rtc->index];
	}
}

WALK uint64_t rtc_in(void *owner, uint64_t offset, unsigned int size)
{
	struct rtc *rtc = owner;
	uint8_t value = 0xff; /* the index cannot be read */

	(void)size;
	pthread_mutex_lock(&rtc->lock);
	if (offset)
		value = read_register(rtc);
	pthread_mutex_unlock(&rtc->lock);
	return value;
}

/* Bit 7 of the index would mask NMIs. C and D are for reading only. */
WALK void rtc_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	struct rtc *rtc = owner;

	(void)size;
	pthread_mutex_lock(&rtc->lock);
	if (!offset)
		rtc->index = value & (CMOS_LEN - 1);
	else if (rtc->index != STATUS_C && rtc->index != STATUS_D)
		rtc->cmos[rtc->index] = (uint8_t)value;
	pthread_mutex_unlock(&rtc->lock);
}

static void put_size(struct rtc *rtc, enum rtc_register at, uint64_t size)
{
	if (size > UINT16_MAX)
		size = UINT16_MAX;
	rtc->cmos[at] = (uint8_t)size;
	rtc->cmos[at + 1] = (uint8_t)(size >> 8);
}

static void fill(struct rtc *rtc, uint64_t ram_sz)
{
	uint64_t low = ram_sz < LAYOUT_HOLE ? ram_sz : LAYOUT_HOLE;
	uint64_t above_1m = (low - LAYOUT_HIGH) >> 10;

	rtc->cmos[STATUS_A] = A_DIVIDER_RATE;
	rtc->cmos[STATUS_B] = B_24_HOURS;
	rtc->cmos[STATUS_D] = D_BATTERY_GOOD;
	put_size(rtc, BASE_KIB, 640);
	put_size(rtc, EXTENDED_KIB, above_1m);
	put_size(rtc, EXTENDED_KIB_2, above_1m);
	put_size(rtc, ABOVE_16M, low > 16 << 20 ? (low - (16 << 20)) >> 16 : 0);
}

static void describe(void *owner, struct aml *aml)
{
	(void)owner;
	aml_device(aml, "RTC_", "PNP0B00", 0);
	aml_resources(aml);
	aml_ports(aml, RTC_PORT, 2);
	aml_end_resources(aml);
	aml_end(aml);
}

static int create(struct machine *m)
{
	struct rtc *rtc = calloc(1, sizeof(*rtc));
	struct bus_region region = {.name = "rtc",
				    .base = RTC_PORT,
				    .len = 2,
				    .width = 1,
				    .read = rtc_in,
				    .write = rtc_out,
				    .owner = rtc};
	int err = machine_own(m, rtc, free);

	tzset(); /* else gmtime_r() would, when the sandbox lets no file be opened */
	if (err)
		return err;
	pthread_mutex_init(&rtc->lock, NULL);
	fill(rtc, m->config.ram_sz);
	err = machine_add_region(m, BUS_PORT, &region);
	return err ? err : machine_describe(m, describe, rtc);
}

const struct device rtc_device = {.name = "rtc", .platforms = ON_PC, .create = create};
