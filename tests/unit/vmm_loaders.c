/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Each loader: an image of its kind goes where it says, and what lies about itself is refused. */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "vmm/bios/places.h"
#include "vmm/guest_abi.h"
#include "vmm/layout.h"
#include "vmm/loaders/linux.h"

#define LOW_SIZE (32ull << 20)
#define IMAGE_SZ 0x3000

/* A machine's memory, an image to be filled in, and what the loader is asked. */
static struct guest_memory memory;
static uint8_t image[IMAGE_SZ];
static struct boot boot;

static int set_up(void **state)
{
	(void)state;
	memory.slots[0] = (struct memory_slot){
		GPA(0), LOW_SIZE,
		mmap(NULL, LOW_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)};
	memory.slot_cnt = 1;
	memset(image, 0, sizeof(image));
	boot = (struct boot){.name = "test",
			     .image = {image, sizeof(image)},
			     .cmdline = "words",
			     .vcpu_cnt = 3,
			     .memory = &memory};
	return memory.slots[0].host == MAP_FAILED;
}

static int tear_down(void **state)
{
	(void)state;
	return munmap(memory.slots[0].host, LOW_SIZE);
}

static const void *at(uint64_t gpa)
{
	return memory.slots[0].host + gpa;
}

static uint32_t word(uint64_t gpa)
{
	uint32_t value;

	memcpy(&value, at(gpa), sizeof(value));
	return value;
}

static int load_as(const char *name)
{
	const struct loader *loader = loader_find(boot.image);

	assert_non_null(loader);
	assert_string_equal(loader->name, name);
	return loader->load(&boot);
}

/* A file of one segment, IMAGE_SZ - 0x1000 bytes at 0x1000, for 2 MiB; a note at 0x200. */
static void make_elf64(void)
{
	Elf64_Ehdr h = {.e_type = ET_EXEC,
			.e_machine = EM_X86_64,
			.e_entry = 0x200100,
			.e_phoff = sizeof(h),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 2};
	Elf64_Phdr p[2] = {{.p_type = PT_LOAD,
			    .p_offset = 0x1000,
			    .p_paddr = 0x200000,
			    .p_vaddr = 0xffffffff81000000,
			    .p_filesz = IMAGE_SZ - 0x1000,
			    .p_memsz = 0x10000},
			   {.p_type = PT_NOTE, .p_offset = 0x200, .p_filesz = 20, .p_align = 4}};

	memcpy(h.e_ident, ELFMAG "\2\1\1", 7);
	memcpy(image, &h, sizeof(h));
	memcpy(image + sizeof(h), p, sizeof(p));
	image[0x1100] = 0xf4;
}

static Elf64_Phdr *segment(void)
{
	return (Elf64_Phdr *)(image + sizeof(Elf64_Ehdr));
}

static void elf64(void **state)
{
	const struct boot_params *params = at(LAYOUT_BOOT_INFO);

	(void)state;
	make_elf64();
	boot.initrd = (struct image){(const uint8_t *)"initrd", 6};
	assert_int_equal(load_as("ELF, 64 bits"), 0);
	assert_int_equal(boot.start.mode, CPU_LONG);
	assert_int_equal(boot.start.rip, 0x200100);
	assert_int_equal(boot.start.rsi, LAYOUT_BOOT_INFO);
	assert_memory_equal(at(0x200100), "\xf4", 1);
	assert_string_equal(at(params->hdr.cmd_line_ptr), "words");
	assert_memory_equal(at(params->hdr.ramdisk_image), "initrd", 6);
	assert_int_equal(params->hdr.ramdisk_size, 6);
	assert_int_equal(params->e820_entries, 4);
	assert_int_equal(params->e820_table[3].addr, LAYOUT_HIGH);
	assert_int_equal(params->e820_table[3].size, LOW_SIZE - LAYOUT_HIGH);
	/* Long mode: a 2 MiB page for each, and where the tables say it is. */
	assert_int_equal(word(LAYOUT_PAGE_TABLES), LAYOUT_PAGE_TABLES + 0x1003);
	assert_int_equal(word(LAYOUT_PAGE_TABLES + 0x2000 + 8), 0x200083);
}

static void elf64_lies(void **state)
{
	(void)state;
	make_elf64();
	segment()->p_filesz = IMAGE_SZ;
	assert_true(load_as("ELF, 64 bits") < 0);
	make_elf64();
	segment()->p_offset = UINT64_MAX - 0x100;
	assert_true(load_as("ELF, 64 bits") < 0);
	make_elf64();
	segment()->p_memsz = 1;
	assert_true(load_as("ELF, 64 bits") < 0);
	make_elf64();
	segment()->p_paddr = LOW_SIZE - 0x1000;
	assert_true(load_as("ELF, 64 bits") < 0);
	make_elf64();
	segment()->p_paddr = UINT64_MAX - 0x1000;
	assert_true(load_as("ELF, 64 bits") < 0);
	make_elf64();
	segment()->p_type = PT_NULL;
	assert_true(load_as("ELF, 64 bits") < 0);
	/* Two segments of the same bytes are more than there is in the file. */
	make_elf64();
	segment()[1] = segment()[0];
	assert_true(load_as("ELF, 64 bits") < 0);
	/* A table of segments that is cut off makes it no ELF file, and no code either. */
	make_elf64();
	((Elf64_Ehdr *)image)->e_phoff = IMAGE_SZ - 8;
	assert_null(loader_find(boot.image));
}

static void pvh(void **state)
{
	static const uint32_t note[] = {4, 4, 18, 0x6e6558, 0x200800};

	(void)state;
	make_elf64();
	memcpy(image + 0x200, note, sizeof(note));
	assert_int_equal(load_as("ELF with a PVH note"), 0);
	assert_int_equal(boot.start.mode, CPU_FLAT);
	assert_int_equal(boot.start.rip, 0x200800);
	assert_int_equal(word(boot.start.rbx), 0x336ec578);
	/* Without an initrd there is no module; command line and RSDP are where the struct says. */
	assert_int_equal(word(boot.start.rbx + 12), 0);
	assert_string_equal(at(word(boot.start.rbx + 24)), "words");
	assert_int_equal(word(boot.start.rbx + 32), LAYOUT_ACPI);
	assert_int_equal(word(boot.start.rbx + 48), 4);
	/* A note that ends before its descriptor is none. */
	make_elf64();
	memcpy(image + 0x200, note, sizeof(note));
	segment()[1].p_filesz = 18;
	assert_int_equal(load_as("ELF, 64 bits"), 0);
}

/* At 0x100; loaded from 0x80 of the file on, to 1 MiB. */
static uint32_t *make_multiboot(uint32_t flags)
{
	uint32_t *h = (uint32_t *)(image + 0x100);
	const uint32_t header[] = {0x1badb002, flags,	 -(0x1badb002 + flags),
				   0x100080,   0x100000, 0x101000,
				   0x108000,   0x100200};

	memset(image, 0, sizeof(image));
	memcpy(h, header, sizeof(header));
	image[0x80] = 0x90;
	return h;
}

static void multiboot(void **state)
{
	uint32_t info;

	(void)state;
	make_multiboot(1 << 16 | 3);
	assert_int_equal(load_as("Multiboot 1"), 0);
	assert_int_equal(boot.start.mode, CPU_FLAT);
	assert_int_equal(boot.start.rip, 0x100200);
	assert_int_equal(boot.start.rax, 0x2badb002);
	assert_memory_equal(at(0x100000), "\x90", 1);
	info = (uint32_t)boot.start.rbx;
	assert_int_equal(word(info), 0x4d);
	assert_int_equal(word(info + 8), (LOW_SIZE - LAYOUT_HIGH) >> 10);
	assert_string_equal(at(word(info + 16)), "test words");
	assert_int_equal(word(info + 20), 1);
	assert_memory_equal(at(word(word(info + 24))), "NR_CPUS=3\nMEMSIZE=32\n", 21);
	assert_int_equal(word(word(info + 48)), 20);
}

static void multiboot_lies(void **state)
{
	(void)state;
	make_multiboot(1 << 16 | 4); /* wants a video mode */
	assert_true(load_as("Multiboot 1") < 0);
	make_multiboot(0); /* no addresses, and no ELF file */
	assert_true(load_as("Multiboot 1") < 0);
	make_multiboot(1 << 16)[4] = 0x100090; /* loaded behind its own header */
	assert_true(load_as("Multiboot 1") < 0);
	make_multiboot(1 << 16)[4] = 0xff000; /* from before the file */
	assert_true(load_as("Multiboot 1") < 0);
	make_multiboot(1 << 16)[5] = 0x200000; /* more than the file has */
	assert_true(load_as("Multiboot 1") < 0);
	make_multiboot(1 << 16)[5] = 0xfffff; /* less than nothing */
	assert_true(load_as("Multiboot 1") < 0);
	make_multiboot(1 << 16)[6] = UINT32_MAX; /* more than there is memory */
	assert_true(load_as("Multiboot 1") < 0);
	make_multiboot(3)[2]++; /* a wrong sum: not a header */
	boot.image.size = 0x2000;
	assert_string_equal(loader_find(boot.image)->name, "flat 16-bit image");
}

static struct setup_header *make_bzimage(void)
{
	struct setup_header *h = (struct setup_header *)(image + 0x1f1);

	memset(image, 0, sizeof(image));
	*h = (struct setup_header){.setup_sects = 1,
				   .boot_flag = 0xaa55,
				   .jump = 0x6aeb,
				   .header = 0x53726448,
				   .version = 0x020f,
				   .xloadflags = XLF_KERNEL_64,
				   .relocatable_kernel = 1,
				   .kernel_alignment = 0x200000,
				   .pref_address = 0x1000000,
				   .init_size = 0x800000,
				   .initrd_addr_max = 0x7fffffff,
				   .cmdline_size = 2047};
	image[1024] = 0xfa;
	return h;
}

static void bzimage(void **state)
{
	const struct boot_params *params = at(LAYOUT_BOOT_INFO);

	(void)state;
	make_bzimage();
	image[0] = 'M'; /* what is before the header is not for the kernel */
	boot.initrd = (struct image){(const uint8_t *)"initrd", 6};
	assert_int_equal(load_as("Linux bzImage"), 0);
	assert_int_equal(boot.start.rip, LAYOUT_HIGH + 0x200);
	assert_memory_equal(at(LAYOUT_HIGH), "\xfa", 1);
	assert_int_equal(params->hdr.header, 0x53726448);
	assert_int_equal(params->screen_info.orig_x, 0);
	assert_non_null(strstr(at(params->hdr.cmd_line_ptr), "panic_warm"));
	assert_non_null(strstr(at(params->hdr.cmd_line_ptr), " words"));
	/* Behind what the kernel unpacks. */
	assert_true(params->hdr.ramdisk_image >= 0x1800000);
}

/* Without a 64-bit entry it starts in the BIOS, which will find the setup code and the memory map.
 */
static void bzimage_16_bit(void **state)
{
	const uint64_t setup = SETUP_SEGMENT << 4, map = (BIOS_SEGMENT << 4) + BIOS_MAP;
	struct setup_header *header = make_bzimage();

	(void)state;
	header->xloadflags = 0;
	header->loadflags = LOADED_HIGH;
	image[0x200 + 0x100] = 0xea;
	assert_int_equal(load_as("Linux bzImage"), 0);
	assert_int_equal(boot.start.mode, CPU_REAL);
	assert_int_equal(boot.start.rip, (BIOS_SEGMENT << 4) + BIOS_OFFSET);
	assert_memory_equal(at(boot.start.rip), "\xfa", 1); /* CLI */
	assert_memory_equal(at(setup + 0x300), "\xea", 1);
	assert_memory_equal(at(LAYOUT_HIGH), "\xfa", 1);
	assert_int_equal(word(setup + 0x228), LAYOUT_CMDLINE);
	assert_string_equal(at(LAYOUT_CMDLINE), "words");
	assert_int_equal(word(map) & 0xffff, 4);
	assert_int_equal(word(map + 2 + 3 * BIOS_MAP_ENTRY), LAYOUT_HIGH);
	/* Of before high loading there is nothing that could run. */
	header->loadflags = 0;
	assert_true(load_as("Linux bzImage") < 0);
	header->loadflags = LOADED_HIGH;
	header->version = 0x0201;
	assert_true(load_as("Linux bzImage") < 0);
}

static void bzimage_lies(void **state)
{
	char *line = calloc(1, 0x3000);

	(void)state;
	make_bzimage()->setup_sects = 255;
	assert_true(load_as("Linux bzImage") < 0);
	make_bzimage()->syssize = (sizeof(image) - 1024) / 16;
	assert_int_equal(load_as("Linux bzImage"), 0);
	make_bzimage()->syssize = (sizeof(image) - 1024) / 16 + 1; /* it was longer */
	assert_true(load_as("Linux bzImage") < 0);
	make_bzimage()->xloadflags = 0;
	assert_true(load_as("Linux bzImage") < 0);
	make_bzimage()->init_size = 0x1000001;
	assert_true(load_as("Linux bzImage") < 0);
	make_bzimage()->pref_address = UINT64_MAX - 0x100000;
	assert_true(load_as("Linux bzImage") < 0);
	/* No room above the kernel, or too long a line. */
	make_bzimage()->initrd_addr_max = 0x1000000;
	boot.initrd = (struct image){(const uint8_t *)"initrd", 6};
	assert_true(load_as("Linux bzImage") < 0);
	make_bzimage();
	boot.cmdline = memset(line, 'x', 0x2fff);
	assert_true(load_as("Linux bzImage") < 0);
	free(line);
}

static void flat(void **state)
{
	(void)state;
	image[0] = 0xf4;
	boot.arg = 7;
	assert_int_equal(load_as("flat 16-bit image"), 0);
	assert_int_equal(boot.start.mode, CPU_REAL);
	assert_int_equal(boot.start.rip, GUEST_LOAD_GPA);
	assert_int_equal(boot.start.rax, 7);
	assert_memory_equal(at(GUEST_LOAD_GPA), "\xf4", 1);
	boot.image.size = GUEST_IMAGE_MAX + 1;
	assert_null(loader_find(boot.image));
	boot.image.size = 1;
	assert_int_equal(load_as("flat 16-bit image"), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(elf64),	    TEST(elf64_lies),	  TEST(pvh),
		TEST(multiboot),    TEST(multiboot_lies), TEST(bzimage),
		TEST(bzimage_lies), TEST(flat),		  TEST(bzimage_16_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
