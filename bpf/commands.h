/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The commands of kvmtree that need the recorder. */
#ifndef KVMTREE_RECORDER_COMMANDS_H
#define KVMTREE_RECORDER_COMMANDS_H

#include "trace-viewer/options.h"

int cmd_record(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_live(int argc, char **argv);

extern const struct option_spec record_spec;
extern const struct option_spec doctor_spec;
extern const struct option_spec live_spec;

#endif
