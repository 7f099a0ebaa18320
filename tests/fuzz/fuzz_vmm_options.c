/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The command line, which scripts put together from what they were given: words in any order. What
 * is taken is within the bounds that --help tells, and what is borrowed lies in the words.
 */
#include <stdlib.h>

#include "tests/fuzz/fuzz_input.h"
#include "vmm/complain.h"
#include "vmm/guest_abi.h"
#include "vmm/options.h"

#define WORDS_MAX 32

/* In place of the VMM's own, which would print a million complaints. */
void complain(const char *fmt, ...)
{
	(void)fmt;
}

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_options(const struct options *o)
{
	check(o->cpus >= 1 && o->cpus <= GUEST_CPUS_MAX);
	check(!o->ram_sz || (o->ram_sz >= GUEST_RAM_MIN && o->ram_sz <= GUEST_RAM_MAX));
	check(o->ram_sz % 4096 == 0);
	check(o->disk_cnt <= DISKS_MAX && o->net_cnt <= NETS_MAX && o->run_cnt <= RUNS_MAX);
	check(o->run_cnt || o->list || o->probe || o->help || o->version);
	for (unsigned int i = 0; i < o->disk_cnt; i++)
		check(*o->disks[i].path);
	for (unsigned int i = 0; i < o->net_cnt; i++)
		check(*o->nets[i].tap && o->nets[i].model <= NET_E1000);
	for (unsigned int i = 0; i < o->run_cnt; i++)
		check(o->runs[i].guest);
}

/* The words are separated by NULs, and are an allocation each, so that a step beyond is seen. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *words[WORDS_MAX + 2] = {"vmm"};
	struct options o;
	int cnt = 1;

	for (size_t len; size && cnt <= WORDS_MAX; data += len, size -= len) {
		const uint8_t *end = memchr(data, 0, size);

		len = end ? (size_t)(end - data) + 1 : size;
		words[cnt++] = strndup((const char *)data, len);
	}
	/* getopt_long() puts them in another order. */
	char *all[WORDS_MAX + 2];

	memcpy(all, words, sizeof(all));
	if (!options_parse(&o, cnt, words))
		check_options(&o);
	while (--cnt > 0)
		free(all[cnt]);
	return 0;
}
