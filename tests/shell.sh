#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Every script, one TAP line each: does shellcheck have anything to say? Of bats files it is asked for one thing
# alone: `! COMMAND`, which fails no test unless it comes last.
set -u
cd "$(dirname "$0")/.." || exit 1
n=0 failed=0
while read -r script; do
	n=$((n + 1))
	case $script in
	*.bats) options=(-s bats -i 'SC2314,SC2315') ;;
	*) options=(-S warning -x -P scripts/lab.d) ;;
	esac
	if said=$(shellcheck "${options[@]}" "$script" 2>&1); then
		echo "ok $n - $script"
	else
		echo "not ok $n - $script"
		printf '%s\n' "$said" | while IFS= read -r line; do echo "# $line"; done
		failed=1
	fi
done < <(grep -rlE '^#!(/bin/(ba)?sh|/usr/bin/env bats)' scripts tests trace-viewer .ci | sort)
echo "1..$n"
exit $failed
