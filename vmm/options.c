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

enum option_type { OPTION_FLAG, OPTION_COUNT, OPTION_SIZE };

static const struct {
	char letter;
	const char *name, *metavar, *help;
	enum option_type type;
	size_t offset;
	uint64_t initial, min, max, multiple;
} rows[] = {
#define AT(field) offsetof(struct options, field)
	{'m', "mem", "SIZE", "memory of each VM: 1M to 3G, whole pages (default 16M)", OPTION_SIZE,
	 AT(ram_sz), 16 << 20, GUEST_RAM_MIN, GUEST_RAM_MAX, 4096},
	{'c', "cpus", "N", "vCPUs of each VM, which all run the guest: 1 to 64 (default 1)",
	 OPTION_COUNT, AT(cpus), 1, 1, GUEST_CPUS_MAX, 1},
	{'v', "verbose", NULL, "at the end, say on standard error how many exits there were",
	 OPTION_FLAG, AT(verbose), 0, 0, 0, 0},
	{'l', "list", NULL, "name the guests that are inside vmm", OPTION_FLAG, AT(list), 0, 0, 0,
	 0},
	{'h', "help", NULL, "print this", OPTION_FLAG, AT(help), 0, 0, 0, 0},
	{'V', "version", NULL, "print the version", OPTION_FLAG, AT(version), 0, 0, 0, 0},
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

void options_help(FILE *out)
{
	fputs("usage: vmm [options] GUEST [ARG] [+ GUEST [ARG]]...\n"
	      "\n"
	      "Runs GUEST in a KVM virtual machine. GUEST is one of 'vmm --list', or the path of\n"
	      "a flat 16-bit image, which is loaded and started at 0x1000. ARG, a number, is in\n"
	      "its EAX. Guests with a lone + between them run at once, each in a VM of its own.\n"
	      "The guest's serial port is standard output.\n"
	      "\n",
	      out);
	for (size_t i = 0; i < ROW_CNT; i++)
		fprintf(out, "  -%c, --%s%s%-*s %s\n", rows[i].letter, rows[i].name,
			rows[i].metavar ? " " : "",
			14 - (int)strlen(rows[i].name) - (rows[i].metavar ? 1 : 0),
			rows[i].metavar ? rows[i].metavar : "", rows[i].help);
	fputs("\nexit status: that of the guest (0 when it halts; the largest, of several), or\n",
	      out);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		fprintf(out, "  %-6d %s\n", statuses[i].value, statuses[i].sentence);
	fputs("  128+N  signal N ended vmm: 130 by SIGINT, 143 by SIGTERM\n"
	      "\n"
	      "  vmm hello                 vmm -c 2 storm 1000\n"
	      "  vmm -v hello + storm      scripts/lab -- build/vmm hello\n",
	      out);
}

static int set_option(struct options *o, size_t i, const char *text)
{
	uint64_t *field = (uint64_t *)((char *)o + rows[i].offset);
	int err;

	if (rows[i].type == OPTION_FLAG) {
		*(bool *)field = true;
		return 0;
	}
	err = rows[i].type == OPTION_SIZE ? size_parse(text, field) : number_parse(text, field);
	if (err == -EINVAL)
		complain("--%s %s: not a %s; give one, as in '--%s %s'", rows[i].name, text,
			 rows[i].type == OPTION_SIZE ? "size" : "number", rows[i].name,
			 rows[i].type == OPTION_SIZE ? "512M" : "2");
	else if (err || *field < rows[i].min || *field > rows[i].max ||
		 *field % rows[i].multiple)
		complain("--%s %s: out of bounds; %s", rows[i].name, text, rows[i].help);
	else
		return 0;
	return -EINVAL;
}

/* GUEST [ARG] [+ GUEST [ARG]]... */
static int set_runs(struct options *o, int cnt, char **words)
{
	for (int i = 0; i < cnt; i++) {
		struct run_request *run = &o->runs[o->run_cnt];

		if (o->run_cnt == RUNS_MAX) {
			complain("more than %d guests; run vmm twice", RUNS_MAX);
			return -EINVAL;
		}
		*run = (struct run_request){.guest = words[i]};
		if (i + 1 < cnt && strcmp(words[i + 1], "+"))
			run->arg = words[++i];
		o->run_cnt++;
		if (!strcmp(run->guest, "+") || (i + 1 < cnt && strcmp(words[i + 1], "+")) ||
		    i + 2 == cnt) {
			complain("%s: not in its place; the form is GUEST [ARG] [+ GUEST [ARG]]...",
				 i + 1 < cnt ? words[i + 1] : run->guest);
			return -EINVAL;
		}
		i++;
	}
	if (o->run_cnt)
		return 0;
	complain("no guest; name one, as in 'vmm hello', or see 'vmm --list'");
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
		if (rows[i].metavar) {
			*s++ = ':';
			*(uint64_t *)((char *)o + rows[i].offset) = rows[i].initial;
		}
	}
	opterr = 0;
	optind = 0;	/* glibc: start anew */
	while ((letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		size_t i = 0;

		while (i < ROW_CNT && rows[i].letter != letter)
			i++;
		if (i == ROW_CNT) {
			complain("%s: %s; see 'vmm --help'", argv[optind - 1],
				 letter == ':' ? "needs a value" : "no such option");
			return -EINVAL;
		}
		if (set_option(o, i, optarg) < 0)
			return -EINVAL;
	}
	if (o->list || o->help || o->version)
		return 0;
	return set_runs(o, argc - optind, argv + optind);
}
