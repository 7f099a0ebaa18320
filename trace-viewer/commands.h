/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The commands of kvmtree that read recordings. Each returns the exit status. */
#ifndef KVMTREE_COMMANDS_H
#define KVMTREE_COMMANDS_H

int cmd_tree(int argc, char **argv);
int cmd_stat(int argc, char **argv);

#endif
