/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Reads tracefs' `format` files. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "bpf/tracefs.h"

#define EVENT_NAME_ROW(event) #event,
const char *const tp_event_names[TP_EVENT_CNT] = { KVMTREE_TP_EVENTS(EVENT_NAME_ROW) };

/* Every field by its event and name, in the order of enum tp_field. */
#define FIELD_NAME_ROW(event, field) { TPE_##event, #field },
static const struct {
	enum tp_event event;
	const char *name;
} fields[TP_FIELD_CNT] = { KVMTREE_TP_FIELDS(FIELD_NAME_ROW) };

/* Where it is mounted, or NULL. Entering needs root: `events` tells a mount from an empty folder. */
static const char *mounted_dir(void)
{
	static const char *const dirs[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	char path[64];

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/events", dirs[i]);
		if (!faccessat(AT_FDCWD, path, X_OK, AT_EACCESS)) /* capabilities count, too */
			return dirs[i];
	}
	return NULL;
}

/* A mount of our own, in nobody's tree of folders: it goes when we do. Returns a descriptor or -errno. */
static int private_mount(void)
{
	int context = fsopen("tracefs", FSOPEN_CLOEXEC), mount, err;

	if (context < 0)
		return -errno;
	mount = fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) ?
			-1 :
			fsmount(context, FSMOUNT_CLOEXEC, 0);
	err = -errno;
	close(context);
	return mount < 0 ? err : mount;
}

const char *tracefs_dir(void)
{
	static char dir[32];
	const char *mounted = *dir ? NULL : mounted_dir();
	int mount;

	if (mounted)
		return mounted;
	if (!*dir) {
		mount = private_mount();
		if (mount < 0)
			return NULL;
		snprintf(dir, sizeof(dir), "/proc/self/fd/%d", mount);
	}
	return dir;
}

FILE *tracefs_open(const char *format, ...)
{
	const char *dir = tracefs_dir();
	char name[96], path[128];
	va_list args;

	if (!dir) {
		errno = ENOENT;
		return NULL;
	}
	va_start(args, format);
	vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return fopen(path, "re");
}

int tracefs_event_id(const char *category, const char *event)
{
	FILE *file = tracefs_open("events/%s/%s/id", category, event);
	int id = -ENOENT;

	if (!file)
		return -errno;
	if (fscanf(file, "%d", &id) != 1)
		id = -ENOENT;
	fclose(file);
	return id;
}

/*
 * A line "field:unsigned long guest_rip;<tab>offset:16;<tab>size:8;..." : its name is the last word
 * before the first semicolon.
 */
static bool line_parse(char *line, const char **name, struct tp_place *place)
{
	char *semicolon = strchr(line, ';'), *word;
	unsigned int offset, size;

	if (!strstr(line, "field:") || !semicolon)
		return false;
	if (sscanf(semicolon, ";\toffset:%u;\tsize:%u;", &offset, &size) != 2)
		return false;
	*semicolon = '\0';
	word = strrchr(line, ' ');
	if (!word || offset > TP_BYTES_MAX - 8)
		return false;
	*name = word + 1;
	place->offset = (__u16)offset;
	place->size = (__u16)size;
	return true;
}

static void place_store(struct tracepoints *tps, enum tp_event event, const char *name,
			struct tp_place place)
{
	for (int i = 0; i < TP_FIELD_CNT; i++)
		if (fields[i].event == event && !strcmp(fields[i].name, name))
			tps->places[i] = place;
}

int tracefs_read(struct tracepoints *tps)
{
	memset(tps, 0, sizeof(*tps));
	if (!tracefs_dir())
		return -ENOENT;
	for (int event = 0; event < TP_EVENT_CNT; event++) {
		FILE *file = tracefs_open("events/kvm/%s/format", tp_event_names[event]);
		char line[256];

		if (!file)
			continue;
		while (fgets(line, sizeof(line), file)) {
			struct tp_place place;
			const char *name;

			if (line_parse(line, &name, &place))
				place_store(tps, (enum tp_event)event, name, place);
		}
		fclose(file);
		tps->is_there[event] = true;
	}
	return 0;
}
