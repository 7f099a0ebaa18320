/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A table of exits for each VM. */
#include "trace-viewer/stat.h"

#include <stdlib.h>
#include <string.h>

struct exit_stat *exit_stat_new(const struct stat_options *options)
{
	struct exit_stat *stat = calloc(1, sizeof(*stat));

	if (!stat)
		return NULL;
	stat->options = *options;
	stat->by = options->by ? exit_by_name(options->by, strlen(options->by)) : BY_REASON;
	stat->sort = options->sort ? exit_sort_by_name(options->sort) : SORT_TIME;
	return stat;
}

void exit_stat_free(struct exit_stat *stat)
{
	for (uint32_t i = 0; stat && i < stat->vm_end; i++) {
		if (stat->vms[i])
			exit_table_release(stat->vms[i]);
		free(stat->vms[i]);
	}
	if (stat)
		stat_create_release(stat);
	free(stat);
}

static void on_exit_fact(void *owner, const struct exit_fact *fact)
{
	struct exit_stat *stat = owner;
	struct exit_table **table = &stat->vms[fact->vm->number];

	if ((stat->options.vm && stat->options.vm != (long)fact->vm->number) ||
	    (stat->options.vcpu >= 0 && stat->options.vcpu != fact->vcpu_id))
		return;
	if (!*table) {
		*table = calloc(1, sizeof(**table));
		if (!*table)
			return;
		(*table)->by = stat->by;
		if (stat->vm_end <= fact->vm->number)
			stat->vm_end = fact->vm->number + 1;
	}
	exit_table_add(*table, fact);
}

struct observer exit_stat_observer(struct exit_stat *stat)
{
	return (struct observer){
		.owner = stat,
		.exit = on_exit_fact,
		.off_cpu = stat_off_cpu_add,
		.frame_close = stat->options.has_create ? stat_create_close : NULL,
	};
}
