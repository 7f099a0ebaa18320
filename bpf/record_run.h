/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* While COMMAND runs: its records are taken, signals passed on, its end awaited. */
#ifndef KVMTREE_RECORD_RUN_H
#define KVMTREE_RECORD_RUN_H

#include "bpf/record_session.h"

/* Signals come by descriptor from here on; the child was forked before and has its own. */
void record_signals_take(struct session *s);

/*
 * Until COMMAND, or the process, has ended, the awaited exit has come, or the user has enough. Returns 0,
 * or -errno when the file could not be written: that is said at once, and COMMAND goes on unrecorded.
 */
int record_run(struct session *s);

/* After the end of the recording: COMMAND goes on as if nothing had been. Returns its wait status. */
int record_follow(struct session *s);

#endif
