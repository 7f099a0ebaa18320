#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# kvmtree export: every format is read by a parser that is not ours.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/.."
	make -s build/tests/gen_trace
	cp docs/samples/*.kvmtree "$BATS_FILE_TMPDIR"
	for script in tests/golden/*.script; do
		name=${script##*/}
		build/tests/gen_trace "$script" >"$BATS_FILE_TMPDIR/${name%.script}.kvmtree"
	done
	# names that every format has to quote
	{
		echo 'meta command vmm "a\b", <b> & c;d'
		echo 'func 3 ioctl kvm kvm_vcpu_ioctl kvm_vcpu_ioctl fentry - - - -'
		echo 'func 21 vmm vmm op<er"a\tor,(x;y) - uprobe - vcpu - int'
		echo 'func 22 vmm vmm com,ma - uprobe - vcpu - int'
		echo 'thread 7'
		echo '+0 process_exec comm=a"b\c,d;<e>'
		echo '+100 func_enter func=21 arg_cnt=1'
		echo '+100 ioctl_enter func=3 vm=0xa000 vcpu_id=0 cmd=KVM_RUN'
		echo '+100 kvm_entry rip=0x10 vcpu_id=0'
		echo '+100 kvm_exit rip=0x10 reason=0x7b isa=2 info1=0x3f80010 vcpu_id=0'
		echo '+100 ioctl_exit func=3 cmd=KVM_RUN result=0'
		echo '+100 func_enter func=21 arg_cnt=1'
		echo '+100 func_enter func=22 arg_cnt=1'
		echo '+100 func_exit func=22 result=0'
		echo '+100 func_exit func=21 result=0'
		echo '+100 func_exit func=21 result=0'
	} >"$BATS_FILE_TMPDIR/names.script"
	build/tests/gen_trace "$BATS_FILE_TMPDIR/names.script" >"$BATS_FILE_TMPDIR/names.kvmtree"
}

setup() {
	cd "$BATS_TEST_DIRNAME/.."
	kvmtree=build/kvmtree
	sample=docs/samples/hello-amd-6.1.kvmtree
	# Debian's Python, whose packages scripts/setup installs
	python=/usr/bin/python3
}

# parses FORMAT: every recording, and each time as many exits as `stat` counts.
parses() {
	local file exits status
	for file in "$BATS_FILE_TMPDIR"/*.kvmtree; do
		exits=$("$kvmtree" stat "$file" 2>/dev/null | sed -n '1,2s/.*, \([0-9,]*\) exits\?, [0-9,]* lost.*/\1/p' | tr -d ,)
		status=0
		"$kvmtree" export --format "$1" -o "$BATS_TEST_TMPDIR/out" "$file" 2>"$BATS_TEST_TMPDIR/err" ||
			status=$?
		echo "${file##*/}: $exits exits, status $status; $(cat "$BATS_TEST_TMPDIR/err")"
		# a recording without an end is told in full, with status 1
		[ "$status" = 0 ] || grep -q 'ends after\|without an end' "$BATS_TEST_TMPDIR/err"
		"$python" tests/export_check.py "$1" "$BATS_TEST_TMPDIR/out" "$exits"
	done
}

@test "export: JSON lines by Python's parser, by the schema" { parses json; }

@test "export: CSV by Python's parser" { parses csv; }

@test "export: Perfetto by its schema: tracks are named, slices nest" { parses perfetto; }

@test "export: folded stacks" { parses folded; }

@test "export: OpenMetrics by Prometheus' parser" { parses openmetrics; }

@test "export: jq reads what the tree shows" {
	"$kvmtree" export "$sample" >"$BATS_TEST_TMPDIR/out"
	run -0 jq -rs '[.[] | select(.type == "exit" and .qualifier == "port" and .value == "0x3f8")] | length' \
		"$BATS_TEST_TMPDIR/out"
	[ "$output" = 12 ]
	run -0 jq -r 'select(.type == "frame" and .name == "svm_vcpu_create") | "\(.owner) \(.known_by)"' \
		"$BATS_TEST_TMPDIR/out"
	[ "$output" = "kvm_amd fentry" ]
}

@test "export: one track for each vCPU" {
	"$kvmtree" export -f perfetto "$BATS_FILE_TMPDIR/two_vms.kvmtree" >"$BATS_TEST_TMPDIR/out"
	run -0 jq -r '.traceEvents[] | select(.name == "thread_name") | .args.name' "$BATS_TEST_TMPDIR/out"
	echo "$output"
	[ "$(grep -c 'VM 1 vCPU 1' <<<"$output")" = 1 ]
	[ "$(grep -c 'VM 3 vCPU 0' <<<"$output")" = 1 ]
}

@test "export: the time of folded stacks is that of their roots" {
	"$kvmtree" export -f folded "$sample" >"$BATS_TEST_TMPDIR/folded"
	"$kvmtree" export "$sample" >"$BATS_TEST_TMPDIR/json"
	run -0 jq -s 'map(select(.type == "frame" and .name == "vcpu_thread")) | .[0].duration_ns' \
		"$BATS_TEST_TMPDIR/json"
	[ "$(awk '/^VM 1 vCPU 0;vcpu_thread/ { sum += $NF } END { print sum }' "$BATS_TEST_TMPDIR/folded")" = "$output" ]
}

@test "export: what cannot be written is said" {
	run -1 --separate-stderr "$kvmtree" export -o /nonexistent/x "$sample"
	[[ $stderr == *"/nonexistent/x: cannot be written: No such file"* ]]
	[ -w /dev/full ] || skip "no /dev/full"
	run -1 --separate-stderr "$kvmtree" export -o /dev/full "$sample"
	[[ $stderr == *"/dev/full: cannot be written: No space"* ]]
	run -2 --separate-stderr "$kvmtree" export --format xml "$sample"
	[[ $stderr == *"json|csv|perfetto|folded|openmetrics"* ]]
}
