#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The commands that hold recordings against each other, or against a budget, on the samples:
# what they print is in tests/golden (UPDATE=1 writes it anew), their exit status is here.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/.."
	export LC_ALL=C.UTF-8
	kvmtree=build/kvmtree
	amd=docs/samples/hello-amd-6.1.kvmtree
	intel=docs/samples/hello-intel-6.1.kvmtree
	scratch=$(mktemp -d)
}

teardown() {
	rm -rf "$scratch"
}

# prints STATUS NAME WIDTH ARGS...: exactly what tests/golden/NAME.WIDTH.txt has, in no more columns.
prints() {
	local want=$1 golden=tests/golden/$2.$3.txt width=$3 got=0
	shift 3
	"$kvmtree" "$@" --width "$width" >"$scratch/out" || got=$?
	[ "$got" -eq "$want" ] || { echo "status $got"; return 1; }
	[ -z "${UPDATE:-}" ] || cp "$scratch/out" "$golden"
	diff "$golden" "$scratch/out"
	[ "$(wc -L <"$scratch/out")" -le "$width" ]
}

# from_script NAME: the recording of tests/golden/NAME.script, in $scratch/NAME.kvmtree
from_script() {
	build/tests/gen_trace "tests/golden/$1.script" >"$scratch/$1.kvmtree"
}

@test "diff: AMD and Intel take the same walk under other names" {
	prints 1 diff_hello 140 diff "$amd" "$intel"
	prints 1 diff_hello 80 diff "$amd" "$intel"
	prints 1 diff_create_vcpu 100 diff --path create-vcpu "$amd" "$intel"
	prints 1 diff_create_vcpu.all 100 diff --all --path create-vcpu "$amd" "$intel"
	prints 1 diff_run 100 diff --path run "$amd" "$intel"
}

@test "diff: a recording has the flow of itself, and says so with status 0" {
	run -0 "$kvmtree" diff "$amd" "$amd"
	[[ ${lines[-1]} == "the same flow: "*" frames" ]]
}

@test "diff: the second is what it is read as" {
	diff <("$kvmtree" diff "$intel" "$amd" | grep -c '^-') <("$kvmtree" diff "$amd" "$intel" | grep -c '^+')
}

@test "diff: an ioctl that fails in one of them, and what moved" {
	make -s build/tests/gen_trace >/dev/null
	from_script two_vms
	sed 's/KVM_GET_API_VERSION result=12/KVM_GET_API_VERSION result=-14/' tests/golden/two_vms.script >"$scratch/script"
	build/tests/gen_trace "$scratch/script" >"$scratch/failed.kvmtree"
	run -1 "$kvmtree" diff "$scratch/two_vms.kvmtree" "$scratch/failed.kvmtree"
	[[ $output == *"! "*"ioctl KVM_GET_API_VERSION"*"success → EFAULT"* ]]
	[[ ${lines[-1]} == *"1 with another end"* ]]
	run -1 "$kvmtree" diff "$scratch/failed.kvmtree" "$scratch/two_vms.kvmtree"
	[[ $output == *"EFAULT → success"* ]]
}

@test "diff: where one has no functions of the VMM, those of the other are left out" {
	make -s build/tests/gen_trace >/dev/null
	from_script two_vms
	run -1 "$kvmtree" diff "$scratch/two_vms.kvmtree" "$amd"
	[[ $output == *"the VMM's own functions are in B alone, and left out"* ]]
	[[ $output != *vcpu_new* ]]
	run -1 "$kvmtree" diff --layer all "$scratch/two_vms.kvmtree" "$amd"
	[[ $output == *"+ "*vcpu_new* ]]
	run -1 "$kvmtree" diff --layer kernel "$amd" "$intel"
	[[ $output != *vcpu_new* ]]
}

@test "diff: trouble has status 2" {
	run -2 --separate-stderr "$kvmtree" diff "$amd"
	[[ $stderr == *"an argument is missing"* ]]
	run -2 --separate-stderr "$kvmtree" diff "$amd" "$scratch/none"
	[[ $stderr == *"$scratch/none"* ]]
	run -2 --separate-stderr "$kvmtree" diff --vm 7 "$amd" "$intel"
	[[ $stderr == *"--vm 7"* ]]
	head -c 4000 "$amd" >"$scratch/torn"
	run -2 --separate-stderr "$kvmtree" diff "$scratch/torn" "$intel"
	[[ $stderr == *"$scratch/torn"* ]]
}

@test "compare: counts, shares and rates side by side" {
	prints 0 compare_hello 80 compare "$amd" "$intel"
	prints 0 compare_hello 140 compare "$amd" "$intel"
	prints 0 compare_three 120 compare --per exit --by reason --top 3 "$amd" "$intel" "$amd"
}

@test "compare: by a unit of the guest's work the vendors are equal" {
	run -0 "$kvmtree" compare --per io:0x3f8 "$amd" "$intel"
	[[ $output == *"exits for each io:0x3f8, and how they differ from A:"* ]]
	# a byte is an exit, on both
	awk '$1 == "io" { found = 1; if ($3 != "1.00" || $5 != "1.00" || $6 != "0") exit 1 } END { exit !found }' \
		< <("$kvmtree" compare --width 80 --per io:0x3f8 "$amd" "$intel")
}

@test "compare: what cannot be compared is named" {
	run -2 --separate-stderr "$kvmtree" compare "$amd"
	[[ $stderr == *"an argument is missing"* ]]
	run -2 --separate-stderr "$kvmtree" compare --per HTL "$amd" "$intel"
	[[ $stderr == *"--per HTL: no exit reason, concept or KVM_EXIT_* has this name"* ]]
	run -1 --separate-stderr "$kvmtree" compare --per msr:0x10 "$amd" "$intel"
	[[ $stderr == *"$amd: has no exits of msr:0x10"* ]]
	[ -z "$output" ]
	run -2 --separate-stderr "$kvmtree" compare --vm 2 "$amd" "$intel"
	run -1 --separate-stderr "$kvmtree" compare "$amd" "$scratch/none"
	[[ $stderr == *"$scratch/none"* ]]
}
