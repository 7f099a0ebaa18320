#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# kvmtree tui on a real terminal, tmux's: keys go in, the screen is read.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/.."
	sample=docs/samples/hello-intel-6.1.kvmtree
	socket=kvmtree-$$-$BATS_TEST_NUMBER
	screen=$BATS_TEST_TMPDIR/screen
}

teardown() {
	tmux -L "$socket" kill-server 2>/dev/null || true
}

# open COLUMNS LINES COMMAND...: a terminal in which the command runs, and says how it ended.
open() {
	local columns=$1 lines=$2
	shift 2
	tmux -L "$socket" -f /dev/null new-session -d -x "$columns" -y "$lines" \
		"LC_ALL=C.UTF-8 $*; echo ended with \$?; cat"
}

press() {
	tmux -L "$socket" send-keys "$@"
}

# shows PATTERN: waits until a line of the screen is so, not longer than ten seconds: a program may
# have drawn a part of its screen when it is looked at, or not have heard of its new size.
shows() {
	until_screen "does not say '$1'" grep -qE -- "$1" "$screen"
}

# fills LINES: waits in the same way until so many lines have something on them.
fills() {
	until_screen "has fewer than $1 lines" has_lines "$1"
}

has_lines() {
	[ "$(grep -c . "$screen")" -ge "$1" ]
}

# until_screen WHAT_IT_IS_NOT COMMAND...
until_screen() {
	local complaint=$1 deadline=$((SECONDS + 10))
	shift
	while tmux -L "$socket" capture-pane -p >"$screen" && ! "$@"; do
		if [ $SECONDS -ge $deadline ]; then
			echo "the screen $complaint:"
			cat "$screen"
			return 1
		fi
	done
}

@test "the tree is on the screen, and q ends with status 0" {
	open 100 30 build/kvmtree tui "$sample"
	shows "14 exits  tree  line 1 of"
	shows "├─ ▾ machine_init"
	[ "$(wc -L <"$screen")" -le 100 ]
	press q
	shows "ended with 0"
}

@test "space folds the VM up and unfolds it" {
	open 100 30 build/kvmtree tui "$sample"
	shows "machine_init"
	press Space
	shows "line 1 of 1"
	shows "▸ VM 1"
	press Space
	shows "machine_init"
}

@test "the exit mix leads to the first exit of a reason, and its explanation says the specification" {
	open 100 30 build/kvmtree tui "$sample"
	shows "machine_init"
	press s Tab
	shows "exit mix"
	shows "IO_INSTRUCTION  *12"
	press Enter
	shows "COM1"
	press Enter
	shows "Where it is specified"
	shows "SDM"
	press q
	shows "line "
}

@test "a search goes into what is folded" {
	open 80 24 build/kvmtree tui "$sample"
	shows "machine_init"
	press -
	shows "line 1 of 1"
	press / "vmx_vcpu_create" Enter
	shows "─ ▸ vmx_vcpu_create"
}

@test "the keys are listed in 80 columns, without colour and in ASCII too" {
	open 80 40 NO_COLOR=1 build/kvmtree tui --ascii "$sample"
	shows "\|- - machine_init"
	[ "$(LC_ALL=C grep -c '[^ -~]' "$screen")" -eq 0 ]
	press '?'
	shows "fold up or unfold"
	shows "the slowest exit"
}

@test "a terminal that grows is used" {
	open 80 24 build/kvmtree tui "$sample"
	shows "machine_init"
	press G
	shows "line 91 of 91"
	tmux -L "$socket" resize-window -x 140 -y 40
	fills 38
	shows "line 91 of 91"
}

@test "a recording from standard input, with the keys of the terminal" {
	open 100 30 "cat $sample | build/kvmtree tui -"
	shows "machine_init"
	press q
	shows "ended with 0"
}

@test "without a terminal it says so, and what to use" {
	run -1 build/kvmtree tui "$sample"
	[[ "$output" == *"no terminal; use \`kvmtree tree\`"* ]]
	open 80 24 TERM=nonsense build/kvmtree tui "$sample"
	shows "no terminal of type 'nonsense'"
	shows "ended with 1"
}
