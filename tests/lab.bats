#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The lab itself: what it promises about status, output, files and failures.
# LAB_VENDOR=intel runs the same against Bochs. Not asserted: how fast.

lab() { "$root/scripts/lab" --vendor "$vendor" "$@"; }

setup_file() {
	export root vendor tmp
	root=$(cd "$BATS_TEST_DIRNAME/.." && pwd -P)
	vendor=${LAB_VENDOR:-amd}
	tmp=$(mktemp -d "$root/build/lab-test-XXXXXX")
	# One boot answers most questions.
	cat >"$tmp/inside" <<-'END'
		#!/bin/bash
		cd "$(dirname "$0")"
		mkdir sub
		echo ok >empty/file
		pwd >sub/pwd
		{ uname -r; nproc; id -u; } >facts
		ls /dev/kvm /dev/net/tun /sys/kernel/tracing/events/kvm /sys/fs/bpf \
			/sys/kernel/debug/kvm /sys/kernel/btf/vmlinux >paths 2>&1
		cat /sys/module/kvm_amd/parameters/npt /sys/module/kvm_intel/parameters/ept \
			2>/dev/null >nested
		modprobe dummy && grep -c ^dummy /proc/modules >modprobe
		ping=$(cat /sys/class/net/lo/operstate) && echo "$ping" >lo
		ulimit -l >memlock
		echo "$KVMTREE_TEST|$NO_COLOR" >env
		cat >stdin
		touch /tmp/only-inside-"$$" "$HOME/only-inside" && echo ok >writable
		cat bytes
		echo to stderr >/dev/stderr
		sleep 1000 &
		exit 7
	END
	chmod +x "$tmp/inside"
	head -c 100000 /dev/urandom >"$tmp/bytes"
	mkdir "$tmp/empty"
	echo "from a file" >"$tmp/input"
	status=0
	(cd "$tmp" && KVMTREE_TEST="a b'c" NO_COLOR=1 lab -q -- "$tmp/inside" \
		<input >stdout 2>stderr) || status=$?
	echo $status >"$tmp/status"
}

teardown_file() {
	rm -rf "$tmp"
}

@test "the exit status is the command's" {
	[ "$(cat "$tmp/status")" = 7 ]
}

@test "stdout is byte exact and stderr apart" {
	cmp "$tmp/bytes" "$tmp/stdout"
	[ "$(cat "$tmp/stderr")" = "to stderr" ]
}

@test "files below build/ stay, others do not" {
	[ "$(cat "$tmp/sub/pwd")" = "$tmp" ]
	[ "$(cat "$tmp/writable")" = ok ]
	[ "$(cat "$tmp/empty/file")" = ok ]
	[ ! -e "$HOME/only-inside" ]
}

@test "KVM with nested paging, tracing and BTF are there" {
	cat "$tmp/paths"
	[ -z "$(grep 'cannot access' "$tmp/paths")" ]
	[[ $(cat "$tmp/nested") == [Y1] ]]
}

@test "modules load, memory may be locked, root" {
	[ "$(cat "$tmp/modprobe")" = 1 ]
	[ "$(cat "$tmp/memlock")" = unlimited ]
	[ "$(tail -n 1 "$tmp/facts")" = 0 ]
}

@test "environment and standard input arrive" {
	[ "$(cat "$tmp/env")" = "a b'c|1" ]
	[ "$(cat "$tmp/stdin")" = "from a file" ]
}

@test "nothing of the run is left" {
	run ls -d "$root"/build/lab/run-*
	[ "$status" != 0 ] || skip "another lab runs"
}

@test "death by a signal is 128 + its number" {
	run lab -q -- sh -c 'kill -9 $$'
	[ "$status" = 137 ]
}

@test "a panic ends it with the console's last lines" {
	run lab -q --append rdinit=/none -- true
	[ "$status" = 125 ]
	[[ $output == *"Kernel panic"* ]]
}

@test "a boot that does not end is given up" {
	run lab -q --boot-timeout 1 -- true
	[ "$status" = 125 ]
	[[ $output == *"not up after 1 s"* ]]
}

@test "--timeout ends the command with 124" {
	run lab -q --timeout 1 -- sh -c 'while :; do :; done'
	[ "$status" = 124 ]
}

@test "SIGTERM ends it and leaves no process" {
	"$root/scripts/lab" -v "$vendor" -- sh -c 'while :; do :; done' 3>&- 2>"$tmp/progress" &
	pid=$!
	until grep -q 'up, running' "$tmp/progress"; do kill -0 $pid; sleep 0.2; done
	run pgrep -P $pid
	children=$output
	kill $pid
	ended=0
	wait $pid || ended=$?
	[ "$ended" = 143 ]
	[ -n "$children" ]
	for child in $children; do [ ! -e "/proc/$child" ]; done
}

@test "two at once do not meet" {
	lab -q -- sh -c 'echo one; exit 1' >"$tmp/one" 3>&- &
	run lab -q -- sh -c 'echo two; exit 2'
	[ "$status:$output" = 2:two ]
	status=0
	wait $! || status=$?
	[ "$status:$(cat "$tmp/one")" = 1:one ]
}

@test "--cpus 2 on AMD, refused on Intel" {
	run lab -q --cpus 2 -- nproc
	if [ "$vendor" = amd ]; then
		[ "$status:$output" = 0:2 ]
	else
		[ "$status" = 2 ]
	fi
}

@test "--icount counts virtual time" {
	[ "$vendor" = amd ] || skip "AMD only"
	run lab -q --icount -- nproc
	[ "$status:$output" = 0:1 ]
}

@test "usage errors are 2" {
	for args in "--nonsense" "--vendor other -- true" "--kernel 1.0 -- true" "--cpus x -- true" \
		"--icount --cpus 2 -- true" "--packages other" "--vendor intel --icount -- true"; do
		# shellcheck disable=SC2086 # words
		run "$root/scripts/lab" $args
		echo "$args: $status: $output"
		[ "$status" = 2 ]
	done
}

@test "--help and --packages" {
	run "$root/scripts/lab" --help
	[ "$status" = 0 ]
	[[ $output == "usage: scripts/lab "* ]]
	run "$root/scripts/lab" --packages intel
	[[ $status:$output == 0:*bochs* ]]
}
