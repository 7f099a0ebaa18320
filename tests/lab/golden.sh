#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Prints the masked tree of a recording, from its column titles on: what the golden files hold.
#   tests/lab/golden.sh build/test/amd-1/hello.kvmtree >tests/lab/golden/hello-amd.txt
set -euo pipefail
export LC_ALL=C.UTF-8
here=$(dirname "$0")
"$here/../../build/kvmtree" tree --width 240 --color never "$1" |
	sed -n '/^CALL/,$p' | sed -E -f "$here/mask.sed"
