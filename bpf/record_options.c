/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Reads the command line of kvmtree record. */
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/commands.h"
#include "bpf/record_options.h"
#include "trace-viewer/options.h"

#define FILE_SZ_MIN	(1ull << 20) /* of --ring */
#define FILE_SZ_MAX	(1ull << 40)
#define RING_SZ_MIN	(64u << 10)
#define RING_SZ_MAX	(1u << 30)
#define RING_SZ_PER_CPU (16u << 20)
#define RING_SZ_DEFAULT_MAX (64u << 20)

/* What the rows fill in, before it is checked. */
struct words {
	const char *output, *buffer, *probe_with, *detail, *symbols, *vm, *vcpus, *ring, *until;
	struct option_list functions, user_functions;
	struct option_duration until_slower;
	long pid;
	bool is_all, is_many, has_returns;
	bool is_quiet, is_verbose, is_dry_run, is_kernel_only;
};

#define AT(field) offsetof(struct words, field)

static const struct option_row rows[] = {
	OPT_NUMBER('p', "pid", AT(pid), "PID", 1, INT_MAX, "record a VMM that runs already, until it ends or ^C"),
	OPT_FLAG('a', "all", AT(is_all), "record every VMM of this machine, until ^C"),
	OPT_STRING(0, "vm", AT(vm), "NAME",
		   "only VMs of this name: QEMU's -name, the program's name, or PID-FD"),
	OPT_STRING(0, "vcpu", AT(vcpus), "LIST", "only these vCPUs, such as 0,2-3"),
	OPT_STRING('o', "output", AT(output), "FILE", "write to FILE, - for standard output"),
	OPT_STRING(0, "ring", AT(ring), "SIZE", "keep only the last of it, at most SIZE, such as 64M"),
	OPT_STRING(0, "until", AT(until), "REASON",
		   "stop after an exit: npf, EPT_VIOLATION, halt, io:0x3f8, KVM_EXIT_MMIO, ..."),
	OPT_DURATION(0, "until-slower", AT(until_slower), "TIME",
		     "stop after an exit that took so long to the next entry, such as 1ms"),
	OPT_STRING('b', "buffer", AT(buffer), "SIZE", "ring buffer, such as 32M (16M a CPU, at most 64M)"),
	OPT_CHOICE('d', "detail", AT(detail), "DETAIL", "exits|path|full",
		   "exits alone, the walk and its exits (the default), or all functions of KVM"),
	OPT_LIST('f', "function", AT(functions), "GLOB",
		 "trace the functions of KVM's modules that match, too: 'kvm_mmu_*'; may repeat"),
	OPT_LIST('u', "user-function", AT(user_functions), "BINARY:GLOB",
		 "trace the functions of a program or library that match, too; may repeat"),
	OPT_FLAG(0, "returns", AT(has_returns),
		 "see them return, too, where a program has coroutines: may crash it"),
	OPT_FLAG(0, "many", AT(is_many), "even if that are hundreds of functions"),
	OPT_FLAG(0, "kernel-only", AT(is_kernel_only),
		 "leave out the VMM's own functions: two uprobes a call are what costs most"),
	OPT_CHOICE(0, "probe-with", AT(probe_with), "RUNG", "fentry|kprobe.multi|kprobe|tracepoint",
		   "see functions so and not otherwise; tracepoint: not at all"),
	OPT_STRING(0, "symbols", AT(symbols), "FILE",
		   "keep the names, and the code, of the guest's ELF file or System.map with the recording"),
	OPT_FLAG(0, "dry-run", AT(is_dry_run), "print what would be attached, and attach nothing"),
	OPT_FLAG('q', "quiet", AT(is_quiet), "say only what went wrong"),
	OPT_FLAG('v', "verbose", AT(is_verbose), "say what libbpf says"),
	OPT_END,
};

const struct option_spec record_spec = {
	.command = "kvmtree record",
	.usage = "[options] -- COMMAND [ARG...] | -p PID | -a",
	.about = "Runs COMMAND and records the life of every KVM virtual machine that it, or a\n"
		 "process that it starts, creates, until COMMAND ends: ioctls, kernel functions,\n"
		 "VM entries and exits. Needs root. FILE is COMMAND's name with .kvmtree. With\n"
		 "--pid or --all: of VMMs that run already.\n\n"
		 "Exit status: COMMAND's; 128+N if signal N killed it; 127 or 126 if it could not\n"
		 "be started; 1 if the recording failed; 2 on a usage error.",
	.rows = rows,
	.args_min = 0,
	.args_max = -1,
	.stops_at_command = true,
};

/* --vm and --vcpu. Returns false when it complained. */
static bool wish_parse(struct selection_wish *wish, const struct words *words, bool has_command)
{
	wish->vm = words->vm;
	wish->vcpus_text = words->vcpus;
	if (words->vcpus && !selection_parse_vcpus(words->vcpus, wish->vcpus)) {
		fprintf(stderr, "kvmtree record: --vcpu %s: it takes ids from 0 to %d, such as 0,2-3\n",
			words->vcpus, VCPU_IDS - 1);
		return false;
	}
	if (!words->vm || !selection_parse_vm(words->vm, &wish->vm_pid, &wish->vm_fd))
		return true;
	if (has_command)
		fprintf(stderr, "kvmtree record: --vm %s: PID-FD is a VM that runs already: use it with -p or -a; "
				"with COMMAND give a name\n",
			words->vm);
	return !has_command;
}

/* "32M" and its like; 0: it is no size, or not within bounds. */
static uint64_t size_parse(const char *text, uint64_t min, uint64_t max)
{
	static const char units[] = "KMGT";
	const char *unit;
	uint64_t number;
	char *end;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno || end == text || *text < '0' || *text > '9' || number > max)
		return 0;
	unit = *end ? strchr(units, *end & ~0x20) : NULL;
	if (unit) {
		int shift = 10 * (int)(unit - units + 1);

		number = number > max >> shift ? 0 : number << shift;
		end++;
	}
	return !*end && number >= min && number <= max ? number : 0;
}

/* Rounded up to a power of two, as the ring buffer wants. */
static size_t ring_sz_parse(const char *text)
{
	uint64_t number = size_parse(text, RING_SZ_MIN, RING_SZ_MAX);
	size_t ring_sz = RING_SZ_MIN;

	while (number && ring_sz < number)
		ring_sz <<= 1;
	return number ? ring_sz : 0;
}

/* --ring, --until, --until-slower. Returns false when it complained. */
static bool end_parse(struct record_options *options, const struct words *words)
{
	options->trigger = (struct trigger_wish){
		.until = words->until,
		.has_slower = words->until_slower.is_given,
		.slower_ns = words->until_slower.ns,
	};
	if (!words->ring)
		return true;
	options->file_sz = size_parse(words->ring, FILE_SZ_MIN, FILE_SZ_MAX);
	if (options->file_sz && (!words->output || strcmp(words->output, "-")))
		return true;
	fprintf(stderr, "kvmtree record: --ring %s: %s\n", words->ring,
		options->file_sz ? "it needs a file, and a stream lets nothing go: leave out -o -" :
				   "it takes a size from 1M to 1T, such as 64M");
	return false;
}

static size_t ring_sz_default(void)
{
	long cpu_cnt = sysconf(_SC_NPROCESSORS_ONLN);
	size_t ring_sz = RING_SZ_PER_CPU;

	while (ring_sz < RING_SZ_DEFAULT_MAX && ring_sz < (size_t)cpu_cnt * RING_SZ_PER_CPU)
		ring_sz <<= 1;
	return ring_sz;
}

static enum probe_with probe_with_parse(const char *word)
{
	return !strcmp(word, "fentry")	     ? PROBE_WITH_FENTRY :
	       !strcmp(word, "kprobe.multi") ? PROBE_WITH_KPROBE_MULTI :
	       !strcmp(word, "kprobe")	     ? PROBE_WITH_KPROBE :
					       PROBE_WITH_TRACEPOINT;
}

static enum detail detail_parse(const char *word)
{
	return !strcmp(word, "exits") ? DETAIL_EXITS :
	       !strcmp(word, "full")  ? DETAIL_FULL :
					DETAIL_PATH;
}

/* COMMAND's name without its folder, or what is recorded, with .kvmtree behind it. */
static char *output_default(const struct record_options *options)
{
	const char *command = options->command[0], *slash = command ? strrchr(command, '/') : NULL;
	char *output = NULL;
	int n = options->pid    ? asprintf(&output, "%d.kvmtree", options->pid) :
		options->is_all ? asprintf(&output, "all.kvmtree") :
				  asprintf(&output, "%s.kvmtree", slash ? slash + 1 : command);

	return n < 0 ? NULL : output;
}

/* One of COMMAND, --pid and --all says what is recorded. */
static bool target_check(const struct record_options *options)
{
	int target_cnt = (options->command[0] != NULL) + (options->pid != 0) + options->is_all;

	if (target_cnt == 1)
		return true;
	fprintf(stderr, "kvmtree record: %s; usage: kvmtree record %s\n",
		target_cnt ? "COMMAND, --pid and --all exclude each other" :
			     "an argument is missing",
		record_spec.usage);
	return false;
}

static bool user_rules_take(struct record_options *options, const struct option_list *list)
{
	struct user_rules *rules = &options->user_rules;

	rules->wants_all_known = options->plan.detail == DETAIL_FULL;
	for (unsigned int i = 0; i < list->cnt; i++) {
		if (!user_rules_add(rules, list->at[i]))
			continue;
		fprintf(stderr, "kvmtree record: --user-function %s: it takes a program or library and a "
				"pattern, such as qemu-system-x86_64:'kvm_*'\n",
			list->at[i]);
		return false;
	}
	if (!list->cnt || (options->plan.detail != DETAIL_EXITS && !options->plan.is_kernel_only))
		return true;
	fprintf(stderr, "kvmtree record: --user-function and %s exclude each other\n",
		options->plan.is_kernel_only ? "--kernel-only" : "--detail exits");
	return false;
}

int record_options_parse(struct record_options *options, int argc, char **argv)
{
	struct words words = { 0 };
	int first, status;

	memset(options, 0, sizeof(*options));
	if (options_parse(&record_spec, &words, argc, argv, &first, &status) == OPTIONS_EXIT)
		return status;
	options->is_quiet = words.is_quiet;
	options->is_verbose = words.is_verbose;
	options->is_dry_run = words.is_dry_run;
	options->plan.is_kernel_only = words.is_kernel_only;
	if (words.probe_with)
		options->plan.probe_with = probe_with_parse(words.probe_with);
	if (words.detail)
		options->plan.detail = detail_parse(words.detail);
	options->functions = words.functions;
	options->has_consent = words.is_many || options->plan.detail == DETAIL_FULL;
	options->user_rules.has_consent = words.is_many;
	options->user_rules.wants_returns = words.has_returns;
	if (!user_rules_take(options, &words.user_functions))
		return EXIT_USAGE;
	options->command = argv + first;
	options->symbols = words.symbols;
	options->pid = (int)words.pid;
	options->is_all = words.is_all;
	if (!target_check(options))
		return EXIT_USAGE;
	if (!wish_parse(&options->wish, &words, options->command[0]) || !end_parse(options, &words))
		return EXIT_USAGE;
	options->ring_sz = words.buffer ? ring_sz_parse(words.buffer) : ring_sz_default();
	if (!options->ring_sz) {
		fprintf(stderr, "kvmtree record: --buffer %s: it takes a size from 64K to 1G, such as "
				"32M\n",
			words.buffer);
		return EXIT_USAGE;
	}
	options->output = words.output ? strdup(words.output) : output_default(options);
	if (!options->output) {
		fprintf(stderr, "kvmtree record: no memory\n");
		return EXIT_FAILURE;
	}
	return RECORD_OPTIONS_GO;
}

void record_options_release(struct record_options *options)
{
	free(options->output);
	user_rules_release(&options->user_rules);
}
