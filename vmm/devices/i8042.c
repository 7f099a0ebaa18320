/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Owns the keyboard controller, 8042, without a keyboard: it passes its self-test, keeps its
 * configuration, and pulls the processor's reset line, which is why it is here.
 *
 *	0x60  read: the answer waiting		write: the argument of a command
 *	0x64  read: status			write: a command
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "vmm/device.h"
#include "vmm/walk.h"

#define DATA_PORT    0x60
#define COMMAND_PORT 0x64

#define STATUS_ANSWER	0x01 /* one waits at DATA_PORT */
#define STATUS_SELFTEST 0x04 /* passed */
#define STATUS_COMMAND	0x08 /* the last write was to COMMAND_PORT */
#define STATUS_UNLOCKED 0x10

enum command {
	READ_CONFIG = 0x20,
	WRITE_CONFIG = 0x60,
	DISABLE_MOUSE = 0xa7,
	ENABLE_MOUSE = 0xa8,
	TEST_MOUSE = 0xa9,
	SELFTEST = 0xaa,
	TEST_KEYBOARD = 0xab,
	DISABLE_KEYBOARD = 0xad,
	ENABLE_KEYBOARD = 0xae,
	READ_OUTPUT = 0xd0,
	WRITE_OUTPUT = 0xd1,
	PULSE = 0xf0, /* to 0xff: the output lines whose bit is 0, for a moment */
};

#define CONFIG_KEYBOARD_OFF 0x10
#define CONFIG_MOUSE_OFF    0x20
#define OUTPUT_RUN	    0x01 /* not reset: a 0 here resets */
#define OUTPUT_A20	    0x02 /* always on, whatever is written */

struct i8042 {
	struct machine *m;
	pthread_mutex_t lock;
	uint8_t config, status, answer, command;
};

static void answer(struct i8042 *k, uint8_t value)
{
	k->answer = value;
	k->status |= STATUS_ANSWER;
}

/* Returns true if it resets the machine. */
static bool obey(struct i8042 *k, uint8_t command)
{
	k->command = command;
	k->status |= STATUS_COMMAND;
	switch (command) {
	case READ_CONFIG:
		answer(k, k->config);
		break;
	case DISABLE_MOUSE:
		k->config |= CONFIG_MOUSE_OFF;
		break;
	case ENABLE_MOUSE:
		k->config &= (uint8_t)~CONFIG_MOUSE_OFF;
		break;
	case DISABLE_KEYBOARD:
		k->config |= CONFIG_KEYBOARD_OFF;
		break;
	case ENABLE_KEYBOARD:
		k->config &= (uint8_t)~CONFIG_KEYBOARD_OFF;
		break;
	case SELFTEST:
		k->status |= STATUS_SELFTEST;
		answer(k, 0x55);
		break;
	case TEST_KEYBOARD:
	case TEST_MOUSE:
		answer(k, 0);
		break;
	case READ_OUTPUT:
		answer(k, OUTPUT_RUN | OUTPUT_A20);
		break;
	}
	return command >= PULSE && !(command & OUTPUT_RUN);
}

/* What is not the argument of a command would go to the keyboard. */
static bool take_data(struct i8042 *k, uint8_t value)
{
	uint8_t command = k->command;

	k->command = 0;
	k->status &= (uint8_t)~STATUS_COMMAND;
	if (command == WRITE_CONFIG)
		k->config = value;
	return command == WRITE_OUTPUT && !(value & OUTPUT_RUN);
}

WALK uint64_t i8042_in(void *owner, uint64_t offset, unsigned int size)
{
	struct i8042 *k = owner;
	uint8_t value;

	(void)size;
	pthread_mutex_lock(&k->lock);
	value = offset ? k->status : k->answer;
	if (!offset)
		k->status &= (uint8_t)~STATUS_ANSWER;
	pthread_mutex_unlock(&k->lock);
	return value;
}

WALK void i8042_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	struct i8042 *k = owner;
	bool reset;

	(void)size;
	pthread_mutex_lock(&k->lock);
	reset = offset ? obey(k, (uint8_t)value) : take_data(k, (uint8_t)value);
	pthread_mutex_unlock(&k->lock);
	if (reset)
		machine_reset(k->m);
}

/* The two ports are two regions of one register each: offset says which. */
static uint64_t status_in(void *owner, uint64_t offset, unsigned int size)
{
	return i8042_in(owner, offset + 1, size);
}

static void command_out(void *owner, uint64_t offset, unsigned int size, uint64_t value)
{
	i8042_out(owner, offset + 1, size, value);
}

static int create(struct machine *m)
{
	struct i8042 *k = calloc(1, sizeof(*k));
	struct bus_region data = {.name = "i8042",
				  .base = DATA_PORT,
				  .len = 1,
				  .width = 1,
				  .read = i8042_in,
				  .write = i8042_out};
	struct bus_region command = {.name = "i8042",
				     .base = COMMAND_PORT,
				     .len = 1,
				     .width = 1,
				     .read = status_in,
				     .write = command_out};
	int err = machine_own(m, k, free);

	if (err)
		return err;
	k->m = m;
	k->status = STATUS_UNLOCKED;
	k->config = CONFIG_KEYBOARD_OFF | CONFIG_MOUSE_OFF;
	pthread_mutex_init(&k->lock, NULL);
	data.owner = command.owner = k;
	err = machine_add_region(m, BUS_PORT, &data);
	return err ? err : machine_add_region(m, BUS_PORT, &command);
}

const struct device i8042_device = {.name = "i8042", .platforms = ON_PC, .create = create};
