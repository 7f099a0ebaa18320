/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A whole machine without KVM in the hands of a hostile guest: exits for ports and memory of any
 * size at any place, single and by string, what its user types, frames from its network, in any
 * order. Its firmware's tables are right whatever it consists of.
 */
#include <poll.h>
#include <sys/mman.h>

#include "tests/fuzz/machine_world.h"
#include "vmm/device.h"
#include "vmm/exits.h"
#include "vmm/firmware.h"

#define SECTORS	  64
#define CNT(rows) (sizeof(rows) / sizeof(rows[0]))

static char disk_path[32];

static const uint16_t ports[] = {
	0x3f8, 0x3f9, 0x3fa, 0x3fb,	0x3fc, 0x3fd,  0x3fe,  0x3ff,  0x70,
	0x71,  0x60,  0x64,  0xcf8,	0xcf9, 0xcfc,  0xcfe,  0x600,  0x601,
	0x80,  0xe9,  0xf4,  ECHO_PORT, 0xe2,  0x2000, 0x2017, 0xc000, 0xc004,
};

static const uint64_t places[] = {
	TEACH_GPA,
	LAYOUT_VIRTIO,
	LAYOUT_VIRTIO + 0x1000,
	LAYOUT_VIRTIO + 0x2000,
	LAYOUT_PCI,
	LAYOUT_PCI + 0x20000,
	LAYOUT_PCI_END - 8,
	ECHO_GPA,
	ECHO_GPA + ECHO_LEN - 8,
	0,
	UINT64_MAX - 7,
};

/* A value that may be anything, and is often small, or in memory. */
static uint64_t take_value(struct fuzz_input *in)
{
	uint8_t how = (uint8_t)fuzz_take(in, 1);

	return how < 128 ? how & 63 : fuzz_take(in, how & 64 ? 8 : 2);
}

/* As KVM would: at most a page of data, which lies anywhere behind struct kvm_run. */
static void do_io(struct fuzz_input *in, bool by_string)
{
	struct kvm_run *run = w.vcpu.run;
	uint8_t which = (uint8_t)fuzz_take(in, 1), how = (uint8_t)fuzz_take(in, 1);
	uint64_t value = take_value(in);

	run->exit_reason = KVM_EXIT_IO;
	run->io.direction = how & 1;
	run->io.size = (uint8_t)(1 << (how >> 1) % 3);
	run->io.port = which < 240 ? ports[which % CNT(ports)] + (how >> 6) : (uint16_t)value;
	run->io.count = by_string ? 1 + (how >> 3) * 4 : 1;
	run->io.data_offset = how & 0x20 ? 0x1000 : RUN_SZ - run->io.size * run->io.count;
	memcpy(run_page + run->io.data_offset, &value, run->io.size);
	if (which == 255)
		run->io.data_offset = value; /* a kernel that is not sound */
	w.printed = 0;
	handle_io(&w.vcpu);
	check(w.printed <= run->io.count * run->io.size);
}

static void do_mmio(struct fuzz_input *in)
{
	struct kvm_run *run = w.vcpu.run;
	uint8_t which = (uint8_t)fuzz_take(in, 1), how = (uint8_t)fuzz_take(in, 1);
	uint64_t offset = take_value(in), value = take_value(in);

	run->exit_reason = KVM_EXIT_MMIO;
	run->mmio.is_write = how & 1;
	run->mmio.len = how & 8 ? 4 : 1 + (how >> 4) % 8;
	run->mmio.phys_addr = places[which % CNT(places)] + (how & 2 ? offset * 4 : offset);
	memcpy(run->mmio.data, &value, sizeof(value));
	handle_mmio(&w.vcpu);
}

static void poke(struct fuzz_input *in)
{
	uint64_t at = fuzz_take(in, 2), len = fuzz_take(in, 1) % 32;

	if (at + len < LOW_SZ)
		fuzz_take_bytes(in, low + at, len);
}

static void take_event(unsigned int which)
{
	struct pollfd p = {.events = POLLIN};

	if (!loop_world.watch_cnt)
		return;
	which %= loop_world.watch_cnt;
	p.fd = loop_world.watches[which].fd;
	if (!loop_world.watches[which].fn || !loop_world.watches[which].listen)
		return;
	/* Standard input and the wire are ours: they are ready when we say so. */
	if (p.fd != STDIN_FILENO && !w.frames_waiting && poll(&p, 1, 0) <= 0)
		return;
	loop_world.watches[which].fn(loop_world.watches[which].owner);
}

static void step(struct fuzz_input *in)
{
	uint8_t op = (uint8_t)fuzz_take(in, 1);

	switch (op & 7) {
	case 0:
	case 1:
		do_io(in, false);
		break;
	case 2:
		do_io(in, true);
		break;
	case 3:
	case 4:
		do_mmio(in);
		break;
	case 5:
		poke(in);
		break;
	case 6:
		w.frames_waiting = op & 0x80 ? op >> 3 & 3 : op == 0x7e ? 200 : w.frames_waiting;
		take_event(op >> 3);
		break;
	default:
		w.typed.left = in->left < op >> 3 ? in->left : op >> 3;
		w.typed.at = in->at;
		in->at += w.typed.left;
		in->left -= w.typed.left;
		take_event(0);
	}
	check(w.m.status >= 0 && w.m.status <= UINT8_MAX);
	w.m.stop = false;
	w.m.status = 0;
}

/* What it is built of. */

static void plug(struct fuzz_input *in, bool pc)
{
	struct machine_config *config = &w.m.config;
	uint8_t what = pc ? (uint8_t)fuzz_take(in, 1) : 0, how = (uint8_t)fuzz_take(in, 1);

	config->guest = &w.guest;
	config->ram_sz = LAYOUT_HIGH;
	config->vcpu_cnt = 1 + how % GUEST_CPUS_MAX;
	w.has_firmware = pc && how >= 192; /* not always, as it takes time */
	config->takes_input = pc;
	config->disk_cnt = what & 3;
	config->net_cnt = what >> 2 & 3;
	for (unsigned int i = 0; i < config->disk_cnt; i++)
		config->disks[i] = (struct disk_config){disk_path, true};
	if (config->disk_cnt == 1)
		config->disks[0].read_only = what & 0x80;
	for (unsigned int i = 0; i < config->net_cnt; i++)
		config->nets[i] = (struct net_config){"t", what >> (4 + i) & 1};
	w.is_terminal = what & 0x40;
	loop_world.stdin_is_file = !w.is_terminal && what & 0x20;
}

static uint8_t sum(const uint8_t *bytes, size_t len)
{
	uint8_t total = 0;

	while (len--)
		total = (uint8_t)(total + *bytes++);
	return total;
}

/* Table by table from the RSDP, which lies first: all in place, and their sums right. */
static void check_tables(void)
{
	uint64_t xsdt, table;
	uint32_t len, table_len;

	check(!memcmp(firmware, "RSD PTR ", 8) && !sum(firmware, 36));
	memcpy(&xsdt, firmware + 24, 8);
	xsdt -= LAYOUT_ACPI;
	memcpy(&len, firmware + xsdt + 4, 4);
	check(!sum(firmware + xsdt, len));
	for (uint32_t at = 36; at < len; at += 8) {
		memcpy(&table, firmware + xsdt + at, 8);
		table -= LAYOUT_ACPI;
		memcpy(&table_len, firmware + table + 4, 4);
		check(table + table_len <= LAYOUT_MP_TABLE - LAYOUT_ACPI);
		check(!sum(firmware + table, table_len));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	bool pc = fuzz_take(&in, 1) & 3;
	struct machine *m = &w.m;

	w = (struct world){.guest = {.name = "fuzz", .platform = pc ? PLATFORM_PC : PLATFORM_BARE}};
	loop_world = (struct loop_world){0};
	memset(low, 0, sizeof(low));
	memset(run_page, 0, sizeof(run_page));
	w.vcpu = (struct vcpu){.machine = m, .run = (void *)run_page, .run_sz = RUN_SZ, .fd = -1};
	plug(&in, pc);
	m->io = (struct event_loop *)&w;
	m->vm.fd = m->vm.kvm_fd = -1;
	m->vm.memory.slot_cnt = 2;
	m->vm.memory.slots[0] = (struct memory_slot){GPA(0), LOW_SZ, low};
	m->vm.memory.slots[1] = (struct memory_slot){GPA(LAYOUT_ACPI), FIRMWARE_SZ, firmware};
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->changed, NULL);
	check(!bus_init(&m->ports, BUS_PORTS_LEN) && !bus_init(&m->mmio, BUS_MMIO_LEN));
	check(!devices_init(m));
	if (w.has_firmware) {
		check(!firmware_write(m));
		check_tables();
	}
	while (in.left)
		step(&in);
	devices_release(m);
	bus_release(&m->ports);
	bus_release(&m->mmio);
	return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	int image = memfd_create("image", MFD_CLOEXEC);

	(void)argc, (void)argv;
	check(image >= 0 && !ftruncate(image, SECTORS * 512));
	snprintf(disk_path, sizeof(disk_path), "/proc/self/fd/%d", image);
	return 0;
}
