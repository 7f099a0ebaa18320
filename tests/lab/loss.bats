#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Looks at what tests/lab/loss.sh has recorded inside the lab:
#   LAB=build/test/loss bats tests/lab/loss.bats

setup() {
	. "$BATS_TEST_DIRNAME/looking.bash"
	lab_open
}

width=200

@test "four vCPUs in a storm on two processors lose nothing by default" {
	status_is four 0
	run tree four
	echo "${lines[0]}"
	[[ ${lines[0]} == *"1 VM, 4 vCPUs, "*" 0 lost, coverage 100 %" ]]
	[ -z "$(grep 'lost, \|missed\|exits recorded of' "$LAB/four.err")" ]
}

@test "what a full buffer loses is counted: recorded and lost exits are what KVM counted" {
	status_is small 0
	cat "$LAB/small.err"
	lost=$(sed -n 's/.* records were lost, \([0-9]*\) exits among them, on CPU: .*/\1/p' "$LAB/small.err")
	read -r recorded counted < <(sed -n 's/.*: \([0-9]*\) exits recorded of \([0-9]*\) that KVM counted: the others were lost, as said/\1 \2/p' "$LAB/small.err")
	[ "$lost" -gt 0 ]
	[ "$counted" -ge 60000 ]
	[ $((recorded + lost)) = "$counted" ]
	grep -q 'on CPU: [01] [0-9]*' "$LAB/small.err"
}

@test "a loss stands in the tree where it happened, and coverage says how much is missing" {
	run tree small
	echo "$output" | head -20
	[[ ${lines[0]} == *" lost, coverage "*" % ("*" of "*")" && ${lines[0]} != *" 0 lost"* ]]
	# in a line of its own, or as part of a loop in which it happened again and again
	flat=$(tr '\n' ' ' <<<"$output" | sed 's/[│ ][│ ]*/ /g')
	[[ $output == *"records lost here, on CPU "* || $flat =~ ,\ [0-9,]+\ lost\ records ]]
	tree small --no-fold | grep -q "records lost here, on CPU "
	[[ $output == *"note: "*" records were lost while recording"* ]]
}
