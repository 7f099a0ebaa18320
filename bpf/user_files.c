/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Finds the files that --user-function names. */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/child.h"
#include "bpf/explain.h"
#include "bpf/running_vmm.h"
#include "bpf/user_files.h"

/* Where a loader looks, after LD_LIBRARY_PATH. */
#define LIBRARY_DIRS                                                                              \
	"/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:/lib64:/usr/lib64:/lib:/usr/lib:/usr/local/lib"

/* What a linker reads beside it, libc.so say, is a script. */
static bool is_elf(const char *path)
{
	char magic[4] = "";
	FILE *file = fopen(path, "re");
	bool is_whole = file && fread(magic, sizeof(magic), 1, file) == 1;

	if (file)
		fclose(file);
	return is_whole && !memcmp(magic, "\177ELF", sizeof(magic));
}

static bool library_in(const char *dirs, const char *name, char path[PATH_MAX])
{
	bool has_so = strstr(name, ".so");

	for (const char *dir = dirs; dir && *dir; dir = strchr(dir, ':')) {
		bool is_found = false;
		glob_t found;

		dir += *dir == ':';
		snprintf(path, PATH_MAX, "%.*s/%s%s", (int)strcspn(dir, ":"), dir, name,
			 has_so ? "" : ".so*");
		if (glob(path, 0, NULL, &found))
			continue;
		for (size_t i = 0; !is_found && i < found.gl_pathc; i++) {
			is_found = is_elf(found.gl_pathv[i]);
			snprintf(path, PATH_MAX, "%s", found.gl_pathv[i]);
		}
		globfree(&found);
		if (is_found)
			return true;
	}
	return false;
}

/* A name that any process may mean: a program in PATH, or a library. */
static bool installed_find(const char *name, char path[PATH_MAX])
{
	return child_command_find(name, path) ||
	       library_in(getenv("LD_LIBRARY_PATH"), name, path) ||
	       library_in(LIBRARY_DIRS, name, path);
}

/*
 * The program of a process or a file that it has mapped as code, by way of /proc: right even where the
 * file has been replaced since, or deleted.
 */
static bool process_find(const struct user_rule *rule, pid_t pid, char path[PATH_MAX])
{
	char line[PATH_MAX + 128], target[PATH_MAX];
	bool is_found = false;
	ssize_t n;
	FILE *maps;

	snprintf(path, PATH_MAX, "/proc/%d/exe", (int)pid);
	n = readlink(path, target, sizeof(target) - 1);
	target[n < 0 ? 0 : n] = '\0';
	if (user_rule_means(rule, path, target))
		return true;
	snprintf(path, PATH_MAX, "/proc/%d/maps", (int)pid);
	maps = fopen(path, "re");
	while (maps && !is_found && fgets(line, sizeof(line), maps)) {
		char range[64], flags[8];
		int name_at = 0;

		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "%63s %7s %*s %*s %*s %n", range, flags, &name_at) != 2 ||
		    !name_at || flags[2] != 'x' || line[name_at] != '/')
			continue;
		snprintf(path, PATH_MAX, "/proc/%d/map_files/%s", (int)pid, range);
		if (access(path, R_OK)) /* without CAP_CHECKPOINT_RESTORE; what was deleted is not there */
			snprintf(path, PATH_MAX, "%.*s", PATH_MAX - 1, line + name_at);
		is_found = user_rule_means(rule, path, line + name_at);
	}
	if (maps)
		fclose(maps);
	return is_found;
}

struct search {
	const struct user_rule *rule;
	char *path;
};

static int vmm_look(void *context, const struct running_vmm *vmm)
{
	const struct search *search = context;

	return process_find(search->rule, vmm->pid, search->path);
}

static bool file_find(const struct user_rule *rule, const struct user_target *target,
		      char path[PATH_MAX])
{
	struct search search = { rule, path };

	if (strchr(rule->binary, '/')) {
		snprintf(path, PATH_MAX, "%s", rule->binary);
		return true;
	}
	if (target->pid)
		return process_find(rule, target->pid, path);
	if (target->command_path &&
	    user_rule_means(rule, target->command_path, target->command_path)) {
		snprintf(path, PATH_MAX, "%s", target->command_path);
		return true;
	}
	if (!target->command_path && running_vmms_each(vmm_look, &search) == 1)
		return true;
	return installed_find(rule->binary, path);
}

int user_files_find(struct user_rules *rules, const struct user_target *target, char *why,
		    size_t why_sz)
{
	char path[PATH_MAX];

	for (uint32_t i = 0; i < rules->cnt; i++) {
		struct user_rule *rule = &rules->at[i];
		int err;

		if (!file_find(rule, target, path)) {
			if (target->command_path)
				continue;
			return explain(-ENOENT, why, why_sz,
				       "--user-function %s: %s has no program or library of that name; "
				       "give its path, see /proc/PID/maps",
				       rule->text, target->pid ? "the process" : "no VMM here");
		}
		err = user_rule_check(rule, path, rules->has_consent, why, why_sz);
		if (err)
			return err;
		rule->file = strdup(path);
		if (!rule->file)
			return explain(-ENOMEM, why, why_sz, "no memory");
	}
	return 0;
}
