/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Replays tests/replay/NAME.txt, a sequence of a guest's accesses, against the machine's own buses
 * and devices, without KVM: each answer must be the recorded one, and every interrupt, byte of
 * output and frame must be told of, in order. docs/testing.md describes the words.
 *
 * What a device asks of the world outside is wrapped at link time (tests/Makefile.inc): KVM's
 * requests, the event loop (here on this thread, after each line), the TAP, writes, the time.
 */
#include <errno.h>
#include <glob.h>
#include <linux/kvm.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "vmm/device.h"
#include "vmm/event_loop.h"
#include "vmm/kvm_ioctl.h"
#include "vmm/net_backend.h"

#define RAM_SZ	    0x20000000ull /* mapped as it is touched */
#define WATCHES_MAX 16
#define EVENTS_MAX  64
#define OUTPUT_MAX  4096
#define NOW	    1700000000 /* 2023-11-14 22:13:20 UTC, a Tuesday */

struct irq_event {
	unsigned int gsi, level;
};

static struct replay {
	const char *path;
	unsigned int line;
	struct machine m;
	struct guest guest;
	char disk_path[DISKS_MAX][32];

	unsigned int watch_cnt;
	struct {
		int fd;
		event_fn *fn;
		void *owner;
		bool listen;
	} watches[WATCHES_MAX];

	/* What came out and was not told of yet. */
	unsigned int irq_cnt;
	struct irq_event irqs[EVENTS_MAX];
	size_t output_len;
	char output[OUTPUT_MAX];
	bool untold; /* nothing of it need be told */
	int wire;    /* the other end of the TAP */
} r;

static int stdin_pipe[2];

#define wrong(fmt, ...) fail_msg("%s:%u: " fmt, r.path, r.line, __VA_ARGS__)

/* The world outside. */

int __wrap_kvm_ioctl(int fd, unsigned long request, const char *name, unsigned long arg);
int __wrap_event_loop_add(struct event_loop *loop, int fd, event_fn *fn, void *owner);
void __wrap_event_loop_listen(struct event_loop *loop, int fd, bool listen);
void __wrap_event_loop_remove(struct event_loop *loop, int fd);
struct net_backend *__wrap_tap_open(const char *name);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
ssize_t __real_write(int fd, const void *bytes, size_t len);
time_t __wrap_time(time_t *to);
void __wrap_signals_notify(void);

int __wrap_kvm_ioctl(int fd, unsigned long request, const char *name, unsigned long arg)
{
	const struct kvm_irq_level *level = (const void *)arg;

	(void)fd;
	if (request == KVM_IOEVENTFD)
		return 0;
	if (request != KVM_IRQ_LINE)
		wrong("a device asks KVM for %s", name);
	if (r.untold)
		return 0;
	if (r.irq_cnt == EVENTS_MAX)
		wrong("more than %d changes of interrupt lines", EVENTS_MAX);
	r.irqs[r.irq_cnt++] = (struct irq_event){level->irq, level->level};
	return 0;
}

int __wrap_event_loop_add(struct event_loop *loop, int fd, event_fn *fn, void *owner)
{
	(void)loop;
	if (r.watch_cnt == WATCHES_MAX)
		wrong("more than %d descriptors to watch", WATCHES_MAX);
	r.watches[r.watch_cnt].fd = fd;
	r.watches[r.watch_cnt].fn = fn;
	r.watches[r.watch_cnt].owner = owner;
	r.watches[r.watch_cnt++].listen = true;
	return 0;
}

void __wrap_event_loop_listen(struct event_loop *loop, int fd, bool listen)
{
	(void)loop;
	for (unsigned int i = 0; i < r.watch_cnt; i++)
		if (r.watches[i].fd == fd && r.watches[i].fn)
			r.watches[i].listen = listen;
}

void __wrap_event_loop_remove(struct event_loop *loop, int fd)
{
	(void)loop;
	for (unsigned int i = 0; i < r.watch_cnt; i++)
		if (r.watches[i].fd == fd)
			r.watches[i].fn = NULL;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	if (fd != STDOUT_FILENO)
		return __real_write(fd, bytes, len);
	if (r.untold)
		return (ssize_t)len;
	if (len > OUTPUT_MAX - r.output_len)
		wrong("more than %d bytes of output", OUTPUT_MAX);
	memcpy(r.output + r.output_len, bytes, len);
	r.output_len += len;
	return (ssize_t)len;
}

/* No main thread waits. */
void __wrap_signals_notify(void)
{
}

time_t __wrap_time(time_t *to)
{
	if (to)
		*to = NOW;
	return NOW;
}

static ssize_t wire_receive(struct net_backend *backend, void *frame, size_t len)
{
	ssize_t got = recv(backend->fd, frame, len, MSG_DONTWAIT);

	return got < 0 ? 0 : got;
}

static int wire_send(struct net_backend *backend, const struct iovec *pieces, int cnt)
{
	struct msghdr message = {.msg_iov = (struct iovec *)pieces, .msg_iovlen = (size_t)cnt};

	return sendmsg(backend->fd, &message, MSG_DONTWAIT) < 0 ? -errno : 0;
}

static void wire_free(struct net_backend *backend)
{
	close(backend->fd);
	free(backend);
}

struct net_backend *__wrap_tap_open(const char *name)
{
	struct net_backend *backend = calloc(1, sizeof(*backend));
	int ends[2];

	(void)name;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	r.wire = ends[1];
	*backend = (struct net_backend){.fd = ends[0],
					.mac = {0x02, 'k', 'v', 'm', 0, 1},
					.receive = wire_receive,
					.send = wire_send,
					.free = wire_free};
	return backend;
}

/* Calls handlers until nothing is ready; a handler that never has enough is a failure. */
static void run_handlers(void)
{
	bool ready = true;

	for (unsigned int round = 0; ready; round++) {
		ready = false;
		if (round == 1000)
			wrong("a handler is called %u times and does not read", round);
		for (unsigned int i = 0; i < r.watch_cnt; i++) {
			struct pollfd p = {.fd = r.watches[i].fd, .events = POLLIN};

			if (!r.watches[i].fn || !r.watches[i].listen || poll(&p, 1, 0) <= 0)
				continue;
			ready = true;
			r.watches[i].fn(r.watches[i].owner);
		}
	}
}

/* The words of a line. */

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

/* Before the guest goes on, all that has come out must have been told of. */
static void check_all_told(void)
{
	if (r.irq_cnt)
		wrong("before it, interrupt line %u has become %u", r.irqs[0].gsi, r.irqs[0].level);
	if (r.output_len)
		wrong("before it, 0x%x was printed", (uint8_t)r.output[0]);
	if (machine_stopping(&r.m) && !r.untold)
		wrong("before it, the machine has ended with status %d", r.m.status);
}

static void replay_line(char *line)
{
	char *verb;
	size_t i = 0;

	line[strcspn(line, "#\n")] = '\0';
	verb = word(&line);
	if (!verb)
		return;
	while (i < VERB_CNT && strcmp(verbs[i].name, verb))
		i++;
	if (i == VERB_CNT)
		wrong("no word '%s'", verb);
	if (!is_expectation(verb))
		check_all_told();
	verbs[i].run(&line);
	run_handlers();
}

static void replay(void **state)
{
	char line[512];
	FILE *file;

	r.path = *state;
	file = fopen(r.path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		r.line++;
		replay_line(line);
	}
	fclose(file);
	check_all_told();
}

static int set_up(void **state)
{
	struct machine *m = &r.m;

	(void)state;
	r = (struct replay){.wire = -1, .guest.name = "replay"};
	m->config.guest = &r.guest;
	m->config.ram_sz = RAM_SZ;
	m->config.vcpu_cnt = 1;
	m->vm.fd = m->vm.kvm_fd = -1;
	m->vm.memory.slot_cnt = 1;
	m->vm.memory.slots[0] = (struct memory_slot){
		GPA(0), RAM_SZ,
		mmap(NULL, RAM_SZ, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)};
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->changed, NULL);
	return bus_init(&m->ports, BUS_PORTS_LEN) || bus_init(&m->mmio, BUS_MMIO_LEN);
}

static int tear_down(void **state)
{
	struct machine *m = &r.m;

	(void)state;
	devices_release(m);
	for (unsigned int i = 0; i < m->config.disk_cnt; i++)
		unlink(r.disk_path[i]);
	if (r.wire >= 0)
		close(r.wire);
	bus_release(&m->ports);
	bus_release(&m->mmio);
	munmap(m->vm.memory.slots[0].host, RAM_SZ);
	return 0;
}

int main(void)
{
	struct CMUnitTest tests[64];
	size_t cnt = 0;
	glob_t files;
	int failed;

	if (pipe(stdin_pipe) || dup2(stdin_pipe[0], STDIN_FILENO) < 0 ||
	    glob("tests/replay/*.txt", 0, NULL, &files))
		return 1;
	for (; cnt < files.gl_pathc && cnt < 64; cnt++)
		tests[cnt] = (struct CMUnitTest){.name = files.gl_pathv[cnt],
						 .test_func = replay,
						 .setup_func = set_up,
						 .teardown_func = tear_down,
						 .initial_state = files.gl_pathv[cnt]};
	failed = _cmocka_run_group_tests("replay", tests, cnt, NULL, NULL);
	globfree(&files);
	return failed;
}
