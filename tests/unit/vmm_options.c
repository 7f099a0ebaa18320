/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The VMM's command line: numbers, sizes, options, and which guests are to run. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vmm/guest.h"
#include "vmm/number.h"
#include "vmm/options.h"

static void numbers(void **state)
{
	static const struct {
		const char *text;
		int err;
		uint64_t value;
	} rows[] = {
		{"0", 0, 0},
		{"20000", 0, 20000},
		{"010", 0, 10},
		{"0x10", 0, 16},
		{"18446744073709551615", 0, UINT64_MAX},
		{"18446744073709551616", -ERANGE, 0},
		{"", -EINVAL, 0},
		{"0x", -EINVAL, 0},
		{"0x0x1", -EINVAL, 0},
		{"-1", -EINVAL, 0},
		{"+1", -EINVAL, 0},
		{" 1", -EINVAL, 0},
		{"1 ", -EINVAL, 0},
		{"1k", -EINVAL, 0},
		{"a", -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t value = 0;
		int err = number_parse(rows[i].text, &value);

		if (err != rows[i].err || (!err && value != rows[i].value))
			fail_msg("'%s': %d", rows[i].text, err);
	}
}

static void sizes(void **state)
{
	uint64_t v;
	char buf[24];

	(void)state;
	assert_int_equal(size_parse("4096", &v), 0);
	assert_int_equal(v, 4096);
	assert_int_equal(size_parse("2M", &v), 0);
	assert_int_equal(v, 2 << 20);
	assert_int_equal(size_parse("1g", &v), 0);
	assert_int_equal(v, 1 << 30);
	assert_int_equal(size_parse("0x10k", &v), 0);
	assert_int_equal(v, 16384);
	assert_int_equal(size_parse("2MB", &v), -EINVAL);
	assert_int_equal(size_parse("2T", &v), -EINVAL);
	assert_int_equal(size_parse("M", &v), -EINVAL);
	assert_int_equal(size_parse("-2M", &v), -EINVAL);
	assert_int_equal(size_parse("1.5G", &v), -EINVAL);
	assert_int_equal(size_parse("17179869183G", &v), 0);
	assert_int_equal(size_parse("17179869184G", &v), -ERANGE);
	assert_int_equal(size_parse("99999999999999999999", &v), -ERANGE);
	assert_string_equal(size_format(3ull << 30, buf, sizeof(buf)), "3G");
	assert_string_equal(size_format(1536, buf, sizeof(buf)), "1536");
	assert_string_equal(size_format(0, buf, sizeof(buf)), "0");
}

static int parse(struct options *o, const char *line)
{
	static char words[256];
	char *argv[24] = {"vmm"}, *save = NULL;
	int argc = 1;

	strncpy(words, line, sizeof(words) - 1);
	for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	return options_parse(o, argc, argv);
}

static void options(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(parse(&o, "hello"), 0);
	assert_int_equal(o.ram_sz, 0);
	assert_null(o.kernel);
	assert_int_equal(o.cpus, 1);
	assert_false(o.verbose);
	assert_int_equal(parse(&o, "-c4 --mem=2M hello -v"), 0);
	assert_int_equal(o.ram_sz, 2 << 20);
	assert_int_equal(o.cpus, 4);
	assert_true(o.verbose);
	assert_int_equal(parse(&o, "--mem 1M hello"), 0);
	assert_int_equal(parse(&o, "--mem 3G hello"), 0);
	assert_int_equal(parse(&o, "-k vmlinuz -i initrd -p quiet"), 0);
	assert_int_equal(o.run_cnt, 1);
	assert_string_equal(o.runs[0].guest, "vmlinuz");
	assert_string_equal(o.initrd, "initrd");
	assert_string_equal(o.cmdline, "quiet");
	assert_int_equal(parse(&o, "--list"), 0);
	assert_true(o.list);

	const char *bad[] = {"",
			     "--mem 1023K hello",
			     "--mem 65G hello",
			     "-m 1048577 hello",
			     "-c 0 hello",
			     "-c 65 hello",
			     "-c -1 hello",
			     "-c",
			     "--mem",
			     "--what",
			     "-k vmlinuz hello",
			     "-k",
			     "-x",
			     "-d",
			     "-d ,ro",
			     "-n tap0",
			     "-n tap",
			     "-n tap=",
			     "-n model=e1000",
			     "-n tap=a,model=ne2000",
			     "-n tap=a,model",
			     "-n tap=a,mac=1",
			     "-d 1 -d 2 -d 3 -d 4 -d 5 -d 6 -d 7 -d 8 -d 9 k",
			     "-n tap=1 -n tap=2 -n tap=3 -n tap=4 -n tap=5 k",
			     "--list=1"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parse(&o, bad[i]) != -EINVAL)
			fail_msg("'%s' was taken", bad[i]);
}

static void devices(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(parse(&o, "-d a.img -d b.img,ro --disk=,c,ro,rw k"), 0);
	assert_int_equal(o.disk_cnt, 3);
	assert_string_equal(o.disks[0].path, "a.img");
	assert_false(o.disks[0].read_only);
	assert_string_equal(o.disks[1].path, "b.img");
	assert_true(o.disks[1].read_only);
	assert_string_equal(o.disks[2].path, ",c,ro,rw");
	assert_false(o.disks[2].read_only);
	assert_int_equal(parse(&o, "-n tap=t0 --net=model=e1000,tap=t1 -n tap=t2,model=virtio k"), 0);
	assert_int_equal(o.net_cnt, 3);
	assert_string_equal(o.nets[0].tap, "t0");
	assert_int_equal(o.nets[0].model, NET_VIRTIO);
	assert_string_equal(o.nets[1].tap, "t1");
	assert_int_equal(o.nets[1].model, NET_E1000);
	assert_string_equal(o.nets[2].tap, "t2");
	assert_int_equal(o.nets[2].model, NET_VIRTIO);
}

static void runs(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(parse(&o, "storm 100 + hello + exit 3"), 0);
	assert_int_equal(o.run_cnt, 3);
	assert_string_equal(o.runs[0].guest, "storm");
	assert_string_equal(o.runs[0].arg, "100");
	assert_string_equal(o.runs[1].guest, "hello");
	assert_null(o.runs[1].arg);
	assert_string_equal(o.runs[2].arg, "3");
	assert_int_equal(parse(&o, "a + a + a + a + a + a + a + a + a"), 0);

	const char *bad[] = {"+",	  "+ hello",	      "hello +", "hello + + hello",
			     "hello 1 2", "hello + hello 1 2"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parse(&o, bad[i]) != -EINVAL)
			fail_msg("'%s' was taken", bad[i]);
}

static void too_many_runs(void **state)
{
	char *argv[2 * RUNS_MAX + 2] = {"vmm"};
	struct options o;

	(void)state;
	for (int i = 0; i <= RUNS_MAX; i++) {
		argv[1 + 2 * i] = "a";
		if (i < RUNS_MAX)
			argv[2 + 2 * i] = "+";
	}
	assert_int_equal(options_parse(&o, 2 * RUNS_MAX, argv), 0);
	assert_int_equal(o.run_cnt, RUNS_MAX);
	assert_int_equal(options_parse(&o, 2 * RUNS_MAX + 2, argv), -EINVAL);
}

static void guests(void **state)
{
	const struct guest *g = guest_find("halt");

	(void)state;
	assert_non_null(g);
	/* One byte, HLT: the image is what the assembler made, without headers. */
	assert_int_equal(g->image.size, 1);
	assert_int_equal(g->image.bytes[0], 0xf4);
	assert_null(guest_find("hal"));
	assert_string_equal(guest_near("helo")->name, "hello");
	assert_string_equal(guest_near("strom")->name, "storm");
	assert_null(guest_near("zzz"));
	assert_null(guest_near(""));
	assert_null(guest_near("a/very/long/path/to/something/that/is/no/guest.bin"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),	 cmocka_unit_test(sizes),
		cmocka_unit_test(options),	 cmocka_unit_test(devices),
		cmocka_unit_test(runs),		 cmocka_unit_test(too_many_runs),
		cmocka_unit_test(guests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
