/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The words of a replay: what each does to the machine, or what it expects of it. */
#ifndef TESTS_REPLAY_WORDS_H
#define TESTS_REPLAY_WORDS_H

#include "tests/unit/replay_world.h"

static char *word(char **rest)
{
	char *w;

	while ((w = strsep(rest, " \t\n")) && !*w)
		;
	return w;
}

static uint64_t number(char **rest)
{
	char *w = word(rest), *end;
	uint64_t value;

	if (!w)
		wrong("a number is missing%s", "");
	value = strtoull(w, &end, 0);
	if (*end)
		wrong("'%s' is not a number", w);
	return value;
}

static uint64_t ones(uint64_t size)
{
	return size < 8 ? (1ull << (size * 8)) - 1 : ~0ull;
}

/* VALUE or VALUE/MASK, where only the bits of MASK count; or -, for anything. */
static void expect(char **rest, uint64_t got, uint64_t size)
{
	char *w = word(rest), *end;
	uint64_t want, mask = ones(size);

	if (!w)
		wrong("the answer is missing; it was 0x%llx", (unsigned long long)got);
	if (!strcmp(w, "-"))
		return;
	want = strtoull(w, &end, 0);
	if (*end == '/')
		mask = strtoull(end + 1, &end, 0);
	if (*end)
		wrong("'%s' is not a value", w);
	if ((got & mask) != want)
		wrong("the answer was 0x%llx", (unsigned long long)got);
}

static void replay_in(char **rest)
{
	uint64_t port = number(rest), size = number(rest);

	expect(rest, bus_read(&r.m.ports, port, (unsigned int)size), size);
}

static void replay_out(char **rest)
{
	uint64_t port = number(rest), size = number(rest);

	bus_write(&r.m.ports, port, (unsigned int)size, number(rest));
}

static void replay_read(char **rest)
{
	uint64_t addr = number(rest), size = number(rest);

	expect(rest, bus_read(&r.m.mmio, addr, (unsigned int)size), size);
}

static void replay_write(char **rest)
{
	uint64_t addr = number(rest), size = number(rest);

	bus_write(&r.m.mmio, addr, (unsigned int)size, number(rest));
}

static void replay_peek(char **rest)
{
	uint64_t addr = number(rest), size = number(rest), got = 0;

	if (size > 8 || guest_memory_read(&r.m.vm.memory, GPA(addr), &got, size) < 0)
		wrong("no memory at 0x%llx", (unsigned long long)addr);
	expect(rest, got, size);
}

static void replay_poke(char **rest)
{
	uint64_t addr = number(rest), size = number(rest), value = number(rest);

	if (size > 8 || guest_memory_write(&r.m.vm.memory, GPA(addr), &value, size) < 0)
		wrong("no memory at 0x%llx", (unsigned long long)addr);
}

/* The oldest change of a line that was not told of. */
static void replay_irq(char **rest)
{
	uint64_t gsi = number(rest), level = number(rest);
	struct irq_event e = r.irqs[0];

	if (!r.irq_cnt)
		wrong("no interrupt line has changed%s", "");
	if (e.gsi != gsi || e.level != level)
		wrong("line %u has become %u", e.gsi, e.level);
	memmove(r.irqs, r.irqs + 1, --r.irq_cnt * sizeof(e));
}

static void replay_input(char **rest)
{
	uint8_t byte;

	while (*rest && **rest && **rest != '\n') {
		byte = (uint8_t)number(rest);
		assert_int_equal(__real_write(stdin_pipe[1], &byte, 1), 1);
	}
}

static void replay_output(char **rest)
{
	uint8_t byte = (uint8_t)number(rest);

	if (!r.output_len)
		wrong("no byte was printed%s", "");
	if ((uint8_t)r.output[0] != byte)
		wrong("0x%x was printed", (uint8_t)r.output[0]);
	memmove(r.output, r.output + 1, --r.output_len);
}

/* LEN BYTE: a frame of so many equal bytes. */
static void replay_frame_in(char **rest)
{
	uint8_t frame[NET_FRAME_MAX];
	uint64_t len = number(rest);

	assert_in_range(len, 14, sizeof(frame));
	memset(frame, (int)number(rest), len);
	assert_int_equal(send(r.wire, frame, len, 0), len);
}

static void replay_frame_out(char **rest)
{
	uint8_t frame[NET_FRAME_MAX + 1];
	uint64_t len = number(rest), byte = number(rest);
	ssize_t got = recv(r.wire, frame, sizeof(frame), MSG_DONTWAIT);

	if (got != (ssize_t)len || frame[0] != byte || frame[len - 1] != byte)
		wrong("a frame of %zd bytes came out, from 0x%x to 0x%x", got, frame[0],
		      got > 0 ? frame[got - 1] : 0);
}

static void replay_status(char **rest)
{
	uint64_t status = number(rest);

	if (!machine_stopping(&r.m))
		wrong("the machine has not ended%s", "");
	if (r.m.status != (int)status)
		wrong("the machine has ended with status %d", r.m.status);
	r.m.stop = false;
	r.m.status = 0;
}

static void add_disk(uint64_t sectors, bool read_only)
{
	struct disk_config *disk = &r.m.config.disks[r.m.config.disk_cnt];
	char *path = r.disk_path[r.m.config.disk_cnt++];
	int fd;

	strcpy(path, "/tmp/kvmtree-replay.XXXXXX");
	fd = mkstemp(path);
	assert_int_equal(ftruncate(fd, (off_t)(sectors * 512)), 0);
	close(fd);
	*disk = (struct disk_config){path, read_only};
}

/* bare or pc, then perhaps untold, and devices: disk SECTORS, disk-ro SECTORS, virtio-net, e1000. */
static void replay_machine(char **rest)
{
	struct machine *m = &r.m;
	const char *w = word(rest);

	r.guest.platform = w && !strcmp(w, "pc") ? PLATFORM_PC : PLATFORM_BARE;
	while ((w = word(rest))) {
		if (!strcmp(w, "untold"))
			r.untold = true;
		else if (!strncmp(w, "disk", 4))
			add_disk(number(rest), !strcmp(w, "disk-ro"));
		else if (!strcmp(w, "virtio-net"))
			m->config.nets[m->config.net_cnt++] = (struct net_config){"t", NET_VIRTIO};
		else if (!strcmp(w, "e1000"))
			m->config.nets[m->config.net_cnt++] = (struct net_config){"t", NET_E1000};
		else
			wrong("no device '%s'", w);
	}
	m->io = (struct event_loop *)&r;
	m->config.takes_input = r.guest.platform == PLATFORM_PC;
	assert_int_equal(devices_init(m), 0);
}

static const struct {
	const char *name;
	void (*run)(char **rest);
} verbs[] = {
	{"machine", replay_machine},	 {"in", replay_in},
	{"out", replay_out},		 {"read", replay_read},
	{"write", replay_write},	 {"peek", replay_peek},
	{"poke", replay_poke},		 {"irq", replay_irq},
	{"input", replay_input},	 {"output", replay_output},
	{"frame-in", replay_frame_in},	 {"frame-out", replay_frame_out},
	{"status", replay_status},
};

#define VERB_CNT (sizeof(verbs) / sizeof(verbs[0]))

static bool is_expectation(const char *verb)
{
	return !strcmp(verb, "irq") || !strcmp(verb, "output") || !strcmp(verb, "status");
}

#endif
