/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Owns the words that describe a disk or a network on the command line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/complain.h"
#include "vmm/options.h"

int disk_option_parse(struct options *o, char *text)
{
	struct disk_config *disk = &o->disks[o->disk_cnt];
	size_t len = strlen(text);

	if (o->disk_cnt == DISKS_MAX) {
		complain("--disk %s: more than %d disks; leave some away", text, DISKS_MAX);
		return -EINVAL;
	}
	*disk = (struct disk_config){.path = text};
	if (len >= 3 && !strcmp(text + len - 3, ",ro")) {
		disk->read_only = true;
		text[len - 3] = '\0';
	}
	if (!*text) {
		complain("--disk: a file's name is missing, as in '--disk disk.img,ro'");
		return -EINVAL;
	}
	o->disk_cnt++;
	return 0;
}

static const char *const net_models[] = {[NET_VIRTIO] = "virtio", [NET_E1000] = "e1000"};

static int set_model(struct net_config *net, const char *name)
{
	for (size_t i = 0; name && i < sizeof(net_models) / sizeof(net_models[0]); i++) {
		if (strcmp(net_models[i], name))
			continue;
		net->model = (enum net_model)i;
		return 0;
	}
	complain("--net: model '%s' is not known; it is virtio or e1000", name ? name : "");
	return -EINVAL;
}

int net_option_parse(struct options *o, char *text)
{
	enum { TAP, MODEL };
	char *const keys[] = {[TAP] = "tap", [MODEL] = "model", NULL};
	struct net_config *net = &o->nets[o->net_cnt];
	char *value;

	if (o->net_cnt == NETS_MAX) {
		complain("--net %s: more than %d networks; leave some away", text, NETS_MAX);
		return -EINVAL;
	}
	*net = (struct net_config){0};
	while (*text) {
		char *word = text;

		switch (getsubopt(&text, keys, &value)) {
		case TAP:
			net->tap = value;
			break;
		case MODEL:
			if (set_model(net, value) < 0)
				return -EINVAL;
			break;
		default:
			complain("--net: '%s' is not known; the form is tap=NAME,model=MODEL", word);
			return -EINVAL;
		}
	}
	if (!net->tap || !*net->tap) {
		complain("--net: a TAP's name is missing, as in '--net tap=tap0'");
		return -EINVAL;
	}
	o->net_cnt++;
	return 0;
}
