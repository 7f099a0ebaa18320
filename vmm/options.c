/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the options: a table from which parsing, bounds and --help come. */
#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <string.h>

#include "vmm/complain.h"
#include "vmm/guest_abi.h"
#include "vmm/number.h"
#include "vmm/options.h"

enum option_type { OPTION_FLAG, OPTION_TEXT, OPTION_WORDS, OPTION_COUNT, OPTION_SIZE };

static const struct {
	char letter;
	const char *name, *metavar, *help;
	enum option_type type;
	size_t offset;
	uint64_t initial, min, max, multiple; /* of a number */
	int (*parse)(struct options *o, char *text); /* of words, which may be given again */
} rows[] = {
#define AT(field)		 offsetof(struct options, field)
#define FLAG(letter, name, help) letter, #name, NULL, help, OPTION_FLAG, AT(name), 0, 0, 0, 0, NULL
#define TEXT(letter, name, metavar, help)                                                          \
	letter, #name, metavar, help, OPTION_TEXT, AT(name), 0, 0, 0, 0, NULL
#define WORDS(letter, name, metavar, help)                                                         \
	letter, #name, metavar, help, OPTION_WORDS, 0, 0, 0, 0, 0, name##_option_parse
	{TEXT('k', kernel, "FILE", "the same as FILE in place of GUEST")},
	{TEXT('i', initrd, "FILE", "the kernel's initial RAM disk, or module")},
	{TEXT('p', cmdline, "TEXT", "the kernel's command line")},
	{'m', "mem", "SIZE", "memory of each VM", OPTION_SIZE, AT(ram_sz), 0,
	 GUEST_RAM_MIN, GUEST_RAM_MAX, 4096, NULL},
	{'c', "cpus", "N", "vCPUs of each VM", OPTION_COUNT, AT(cpus), 1, 1, GUEST_CPUS_MAX, 1, NULL},
	{WORDS('d', disk, "FILE[,ro]", "a disk: a raw image; with ,ro the guest may only read it")},
	{WORDS('n', net, "tap=NAME[,model=MODEL]",
	       "a network card on a host's TAP; virtio (default) or e1000")},
	{WORDS('s', seccomp, "on|off|log", "refuse system calls that vmm does not need (default on)")},
	{FLAG('v', verbose, "at the end, say on standard error how many exits there were")},
	{FLAG('l', list, "name the guests that are inside vmm")},
	{FLAG('P', probe, "say what this host's KVM offers, and whether vmm can use it")},
	{FLAG('h', help, "print this")},
	{FLAG('V', version, "print the version")},
#undef WORDS
#undef TEXT
#undef FLAG
#undef AT
};

#define ROW_CNT (sizeof(rows) / sizeof(rows[0]))

static const struct {
	int value;
	const char *sentence;
} statuses[] = {
#define STATUS(name, value, sentence) {value, sentence},
#include "vmm/status.def"
#undef STATUS
};

/* "1 to 64, default 1": what the row takes, in words. */
static const char *bounds(size_t i, char *buf, size_t buf_sz)
{
	char min[24], max[24], initial[24] = "16M, of a pc 512M";

	if (rows[i].initial)
		size_format(rows[i].initial, initial, sizeof(initial));
	snprintf(buf, buf_sz, "%s to %s, default %s", size_format(rows[i].min, min, sizeof(min)),
		 size_format(rows[i].max, max, sizeof(max)), initial);
	return buf;
}

static void help_row(FILE *out, size_t i)
{
	char left[40], range[96];

	snprintf(left, sizeof(left), "-%c, --%s %s", rows[i].letter, rows[i].name,
		 rows[i].metavar ? rows[i].metavar : "");
	/* What is too long for its column has a line of its own. */
	fprintf(out, "  %-18s%s", left, strlen(left) > 18 ? "\n                     " : " ");
	fputs(rows[i].help, out);
	if (rows[i].type >= OPTION_COUNT)
		fprintf(out, " (%s)", bounds(i, range, sizeof(range)));
	fputc('\n', out);
}

void options_help(FILE *out)
{
	fputs("usage: vmm [options] GUEST [ARG] [+ GUEST [ARG]]...\n"
	      "       vmm [options] -k FILE\n"
	      "\n"
	      "Runs GUEST in a KVM virtual machine. GUEST is one of 'vmm --list', or the path\n"
	      "of a kernel (Linux bzImage, Multiboot, PVH, ELF), which gets a PC, or of a flat\n"
	      "16-bit image, which is started at 0x1000. ARG, a number, is in its EAX. Guests\n"
	      "with a lone + between them run at once, each in a VM of its own. The guest's\n"
	      "serial port is standard output and, on a PC, standard input; on a terminal\n"
	      "Ctrl-A x ends vmm.\n"
	      "\n",
	      out);
	for (size_t i = 0; i < ROW_CNT; i++)
		help_row(out, i);
	fputs("\nexit status: that of the guest (0 when it halts; the largest, of several), or\n",
	      out);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		fprintf(out, "  %-18d %s\n", statuses[i].value, statuses[i].sentence);
	fputs("  128+N              signal N ended vmm: 130 by SIGINT, 143 by SIGTERM\n"
	      "\n"
	      "  vmm hello                  vmm --cpus 2 storm 1000\n"
	      "  vmm -v hello + storm       scripts/lab -- build/vmm hello\n"
	      "  vmm -k /boot/vmlinuz-6.1.0-44-amd64 -i initrd.img -p quiet -c 4 -m 1G\n",
	      out);
}

int seccomp_option_parse(struct options *o, char *text)
{
	static const char *const words[] = {
		[SANDBOX_ON] = "on", [SANDBOX_OFF] = "off", [SANDBOX_LOG] = "log"};

	for (unsigned int i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i]))
			continue;
		o->sandbox = i;
		return 0;
	}
	complain("--seccomp %s: not known; give on, off or log", text);
	return -EINVAL;
}

static int set_option(struct options *o, size_t i, char *text)
{
	void *field = (char *)o + rows[i].offset;
	bool size = rows[i].type == OPTION_SIZE;
	uint64_t value;
	char range[96];
	int err;

	if (rows[i].type == OPTION_FLAG) {
		*(bool *)field = true;
		return 0;
	}
	if (rows[i].type == OPTION_TEXT) {
		*(const char **)field = text;
		return 0;
	}
	if (rows[i].type == OPTION_WORDS)
		return rows[i].parse(o, text);
	err = size ? size_parse(text, &value) : number_parse(text, &value);
	if (err == -EINVAL) {
		complain("--%s %s: not a %s; give one, as in '--%s %s'", rows[i].name, text,
			 size ? "size" : "number", rows[i].name, size ? "512M" : "2");
		return err;
	}
	if (err || value < rows[i].min || value > rows[i].max || value % rows[i].multiple) {
		complain("--%s %s: out of bounds; %s%s (%s)", rows[i].name, text, rows[i].help,
			 size ? ", a multiple of 4K" : "", bounds(i, range, sizeof(range)));
		return -EINVAL;
	}
	*(uint64_t *)field = value;
	return 0;
}

static bool is_plus(const char *word)
{
	return !strcmp(word, "+");
}

static int misplaced(const char *word)
{
	complain("%s: not in its place; the form is GUEST [ARG] [+ GUEST [ARG]]...", word);
	return -EINVAL;
}

/* GUEST [ARG] [+ GUEST [ARG]]... */
static int set_runs(struct options *o, int cnt, char **words)
{
	for (int i = 0; i < cnt;) {
		struct run_request *run = &o->runs[o->run_cnt];

		if (o->run_cnt++ == RUNS_MAX) {
			complain("more than %d guests; run vmm twice", RUNS_MAX);
			return -EINVAL;
		}
		run->guest = words[i++];
		if (is_plus(run->guest))
			return misplaced(run->guest);
		if (i < cnt && !is_plus(words[i]))
			run->arg = words[i++];
		if (i == cnt)
			return 0;
		if (!is_plus(words[i]) || i + 1 == cnt)
			return misplaced(words[i]);
		i++;
	}
	complain("no guest; name one, as in 'vmm hello', or see 'vmm --list'");
	return -EINVAL;
}

static size_t row_of(int letter)
{
	size_t i = 0;

	while (i < ROW_CNT && rows[i].letter != letter)
		i++;
	return i;
}

/* getopt_long() has found fault: ':' a value is missing; '?' unknown, or a value too many. */
static int complain_option(int fault, const char *word)
{
	size_t i = row_of(optopt);

	if (fault == ':')
		complain("--%s: a value is missing; give %s, see 'vmm --help'", rows[i].name,
			 rows[i].metavar);
	else if (i < ROW_CNT)
		complain("--%s: takes no value; leave it away", rows[i].name);
	else if (optopt)
		complain("-%c: no such option; see 'vmm --help'", optopt);
	else
		complain("%s: no such option; see 'vmm --help'", word);
	return -EINVAL;
}

int options_parse(struct options *o, int argc, char **argv)
{
	struct option longs[ROW_CNT + 1] = {0};
	char shorts[2 * ROW_CNT + 2] = ":", *s = shorts + 1;
	int letter;

	*o = (struct options){0};
	for (size_t i = 0; i < ROW_CNT; i++) {
		longs[i] = (struct option){rows[i].name, rows[i].metavar ? 1 : 0, NULL,
					   rows[i].letter};
		*s++ = rows[i].letter;
		if (rows[i].metavar)
			*s++ = ':';
		if (rows[i].initial)
			*(uint64_t *)((char *)o + rows[i].offset) = rows[i].initial;
	}
	opterr = 0;
	optind = 0; /* glibc: start anew */
	while ((letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (letter == '?' || letter == ':')
			return complain_option(letter, argv[optind - 1]);
		if (set_option(o, row_of(letter), optarg) < 0)
			return -EINVAL;
	}
	if (o->list || o->probe || o->help || o->version)
		return 0;
	if (!o->kernel)
		return set_runs(o, argc - optind, argv + optind);
	if (optind < argc) {
		complain("%s: there is a guest already, --kernel %s; name one of them",
			 argv[optind], o->kernel);
		return -EINVAL;
	}
	o->runs[o->run_cnt++].guest = o->kernel;
	return 0;
}
