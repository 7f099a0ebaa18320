#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Runs inside the lab: what there is to an exit beside its reason.
#
#   scripts/lab --cpus 2 -- tests/lab/exit.sh DIR
#
# For each case NAME: DIR/NAME.kvmtree, .out, .err, .status. tests/lab/exit.bats looks at them.
set -u
. tests/lab/recording.bash

recording_begin "$1"

record timer -- build/vmm timer 50
record ipi -- build/vmm -c 2 ipi 50
record answers -- build/tests/lab/answers
# another program wants the same processor
taskset -c 0 yes >/dev/null &
echo $! >"$dir/yes"
record busy -- taskset -c 0 build/vmm storm 3000
kill $!
true >"$dir/complete"
