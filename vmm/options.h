/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The command line of vmm. */
#ifndef VMM_OPTIONS_H
#define VMM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "vmm/machine.h"
#include "vmm/seccomp.h"

#define RUNS_MAX 16

/* One guest to run, in a VM of its own. */
struct run_request {
	const char *guest; /* borrowed from argv */
	const char *arg;   /* NULL if none is given */
};

struct options {
	const char *kernel, *initrd, *cmdline; /* borrowed from argv; NULL if not given */
	uint64_t ram_sz;		       /* bytes, for each VM; 0 if not given */
	enum sandbox sandbox;
	uint64_t cpus;			       /* for each VM */
	bool verbose, list, probe, help, version;
	unsigned int disk_cnt, net_cnt;
	struct disk_config disks[DISKS_MAX];
	struct net_config nets[NETS_MAX];
	unsigned int run_cnt;
	struct run_request runs[RUNS_MAX];
};

/*
 * Reads the command line. Returns 0, or -EINVAL after a message. Without --list, --probe,
 * --help or --version there is at least one run.
 */
int options_parse(struct options *o, int argc, char **argv);

void options_help(FILE *out);

/*
 * Add what FILE[,ro] or tap=NAME[,model=MODEL] says; text is borrowed, and cut up. Return 0, or
 * -EINVAL after a message.
 */
int disk_option_parse(struct options *o, char *text);
int net_option_parse(struct options *o, char *text);

/* The same for on, off or log. */
int seccomp_option_parse(struct options *o, char *text);

#endif
