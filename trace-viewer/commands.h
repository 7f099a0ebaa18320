/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The commands of kvmtree that read recordings: each returns the exit status; its options. */
#ifndef KVMTREE_COMMANDS_H
#define KVMTREE_COMMANDS_H

#include "trace-viewer/options.h"

int cmd_tree(int argc, char **argv);
int cmd_stat(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_tui(int argc, char **argv); /* it and its options: where ncurses was found at build time */

extern const struct option_spec tree_spec;
extern const struct option_spec stat_spec;
extern const struct option_spec check_spec;
extern const struct option_spec compare_spec;
extern const struct option_spec diff_spec;
extern const struct option_spec tui_spec;
extern const struct option_spec explain_spec;
extern const struct option_spec export_spec;
extern const struct option_spec report_spec;

#endif
