/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Reads the command line of kvmtree record. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/record_options.h"

#define RING_SZ_MIN	(64u << 10)
#define RING_SZ_MAX	(1u << 30)
#define RING_SZ_PER_CPU (16u << 20)
#define RING_SZ_DEFAULT_MAX (64u << 20)

static const char help[] =
	"usage: kvmtree record [options] -- COMMAND [ARG...]\n"
	"\n"
	"Runs COMMAND and records the life of every KVM virtual machine that it, or a process\n"
	"that it starts, creates: ioctls, kernel functions, VM entries and exits. Needs root.\n"
	"\n"
	"  -o, --output FILE   where the recording goes; - is standard output\n"
	"                      (default: COMMAND's name with .kvmtree)\n"
	"  -b, --buffer SIZE   the ring buffer between kernel and recorder, such as 32M\n"
	"                      (default: 16M a processor, 64M at most)\n"
	"  -q, --quiet         say only what went wrong\n"
	"  -v, --verbose       say what libbpf says\n"
	"  -h, --help          this\n"
	"\n"
	"Exit status: COMMAND's; 128+N if signal N killed it; 127 or 126 if it could not be\n"
	"started; 1 if the recording failed; 2 on a usage error.\n"
	"\n"
	"  kvmtree record -- vmm hello && kvmtree tree vmm.kvmtree\n";

static int usage(const char *what, const char *which)
{
	fprintf(stderr, "kvmtree record: %s%s; try `kvmtree record --help`\n", what, which);
	return 2;
}

/* "32M" and its like, rounded up to a power of two as the ring buffer wants; 0: no such size. */
static size_t ring_sz_parse(const char *text)
{
	static const char units[] = "KMG";
	unsigned long long number;
	size_t ring_sz = RING_SZ_MIN;
	char *end;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno || end == text || *text == '-' || number > RING_SZ_MAX)
		return 0;
	if (*end && strchr(units, *end & ~0x20)) {
		number <<= 10 * (strchr(units, *end & ~0x20) - units + 1);
		end++;
	}
	if (*end || number < RING_SZ_MIN || number > RING_SZ_MAX)
		return 0;
	while (ring_sz < number)
		ring_sz <<= 1;
	return ring_sz;
}

static size_t ring_sz_default(void)
{
	long cpu_cnt = sysconf(_SC_NPROCESSORS_ONLN);
	size_t ring_sz = RING_SZ_PER_CPU;

	while (ring_sz < RING_SZ_DEFAULT_MAX && ring_sz < (size_t)cpu_cnt * RING_SZ_PER_CPU)
		ring_sz <<= 1;
	return ring_sz;
}

/* COMMAND's name without its folder, with .kvmtree behind it. */
static char *output_default(const char *command)
{
	const char *slash = strrchr(command, '/');
	char *output = NULL;

	if (asprintf(&output, "%s.kvmtree", slash ? slash + 1 : command) < 0)
		return NULL;
	return output;
}

int record_options_parse(struct record_options *options, int argc, char **argv)
{
	static const struct option rows[] = {
		{ "output", required_argument, NULL, 'o' }, { "buffer", required_argument, NULL, 'b' },
		{ "quiet", no_argument, NULL, 'q' },	    { "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },	    { NULL, 0, NULL, 0 },
	};
	int option;

	memset(options, 0, sizeof(*options));
	options->ring_sz = ring_sz_default();
	optind = 1;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "+:o:b:qvh", rows, NULL)) != -1) {
		switch (option) {
		case 'o':
			free(options->output);
			options->output = strdup(optarg);
			break;
		case 'b':
			options->ring_sz = ring_sz_parse(optarg);
			if (!options->ring_sz)
				return usage("--buffer takes a size from 64K to 1G, not ", optarg);
			break;
		case 'q':
			options->is_quiet = true;
			break;
		case 'v':
			options->is_verbose = true;
			break;
		case 'h':
			fputs(help, stdout);
			return 0;
		case ':':
			return usage("this option needs a value: ", argv[optind - 1]);
		default:
			return usage("there is no option ", argv[optind - 1]);
		}
	}
	options->command = argv + optind;
	if (!options->command[0])
		return usage("which COMMAND?", "");
	if (!options->output)
		options->output = output_default(options->command[0]);
	if (!options->output)
		return usage("no memory", "");
	return RECORD_OPTIONS_GO;
}

void record_options_release(struct record_options *options)
{
	free(options->output);
}
