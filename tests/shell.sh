#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Every script, one TAP line each: does shellcheck have anything to say?
set -u
cd "$(dirname "$0")/.." || exit 1
n=0 failed=0
while read -r script; do
	n=$((n + 1))
	if said=$(shellcheck -S warning -x -P scripts/lab.d "$script" 2>&1); then
		echo "ok $n - $script"
	else
		echo "not ok $n - $script"
		printf '%s\n' "$said" | while IFS= read -r line; do echo "# $line"; done
		failed=1
	fi
done < <(grep -rlE '^#!/bin/(ba)?sh' scripts tests trace-viewer .ci | grep -v '\.bats$' | sort)
echo "1..$n"
exit $failed
