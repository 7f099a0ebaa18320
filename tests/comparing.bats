#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The commands that hold recordings against each other, or against a budget, on the samples:
# what they print is in tests/golden (UPDATE=1 writes it anew), their exit status is here.

bats_require_minimum_version 1.5.0

load samples

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

# flow_script NAME: of standard input, the records inside KVM_RUN of one vCPU, makes $scratch/NAME.kvmtree.
flow_script() {
	make -s build/tests/gen_trace >/dev/null
	{
		printf 'meta vendor amd\nfunc 3 ioctl kvm kvm_vcpu_ioctl kvm_vcpu_ioctl fentry - - - -\nthread 900\n'
		printf '+10 ioctl_enter func=3 vm=0xa000 vcpu_id=0 cmd=KVM_RUN\n'
		cat
		printf '+10 ioctl_exit func=3 cmd=KVM_RUN result=0\nend lost 0\n'
	} >"$scratch/script"
	build/tests/gen_trace "$scratch/script" >"$scratch/$1.kvmtree"
}

@test "diff: interrupts of the host, and how often a loop goes round, are no difference" {
	local io='+10 kvm_entry rip=0x10\n+10 kvm_exit reason=0x7b isa=2 info1=0x3f80010 rip=0x10\n'
	local npf='+10 kvm_entry rip=0x10\n+10 kvm_exit reason=0x400 isa=2 rip=0x20\n+5 kvm_page_fault address=0x5000\n'
	local interrupt='+10 kvm_entry rip=0x10\n+10 kvm_exit reason=0x60 isa=2 rip=0x20\n'
	printf "repeat 30\n${io}done\n" | flow_script a
	# interrupts between and twice in a row; what KVM does for them differs, too
	printf "repeat 3\n${io}${interrupt}${io}${io}${interrupt}${interrupt}done\nrepeat 5\n${io}done\n" | flow_script b
	run -0 "$kvmtree" diff "$scratch/a.kvmtree" "$scratch/b.kvmtree"
	printf "repeat 30\n${io}done\n${npf}" | flow_script c
	run -1 "$kvmtree" diff "$scratch/a.kvmtree" "$scratch/c.kvmtree"
	[[ $output == *"+ "*"exit npf"* ]]
	[[ ${lines[-1]} == "3 frames the same, 1 only in B" ]]
}

@test "diff: loops that functions of the VMM kept apart are one without them" {
	make -s build/tests/gen_trace >/dev/null
	local head='meta vendor amd
func 3 ioctl kvm kvm_vcpu_ioctl kvm_vcpu_ioctl fentry - - - -
func 4 vmm vmm odd odd uprobe - - - void
func 5 vmm vmm even even uprobe - - - void
thread 900
+0 process_exec comm=vmm'
	local run='+10 ioctl_enter func=3 vm=0xa000 vcpu_id=0 cmd=KVM_RUN
+10 kvm_entry rip=0x10
+10 kvm_exit reason=0x78 isa=2 rip=0x10
+10 ioctl_exit func=3 cmd=KVM_RUN result=0'
	{
		echo "$head"
		for func in 4 5 5 4 4 5 4 4 4 5 4; do
			printf '+1 func_enter func=%d\n%s\n+1 func_exit func=%d\n' $func "$run" $func
		done
		echo "end lost 0"
	} >"$scratch/script"
	build/tests/gen_trace "$scratch/script" >"$scratch/framed.kvmtree"
	printf '%s\nrepeat 7\n%s\ndone\nend lost 0\n' "$head" "$run" >"$scratch/script"
	build/tests/gen_trace "$scratch/script" >"$scratch/plain.kvmtree"
	run -0 "$kvmtree" diff --all --layer kernel "$scratch/framed.kvmtree" "$scratch/plain.kvmtree"
	[[ $output == *"11 × in A, 7 × in B"* ]]
	run -1 "$kvmtree" diff --layer all "$scratch/framed.kvmtree" "$scratch/plain.kvmtree"
}

@test "diff: another port, direction, MSR or device address is another exit; a value is not" {
	local exit='+10 kvm_entry rip=0x10\n+10 kvm_exit isa=2 rip=0x10 reason='
	local -A cases=(
		[port]='0x7b info1=0x3f80010' [port2]='0x7b info1=0x3f90010' [in]='0x7b info1=0x3f80011'
		[msr]='0x7c\n+1 kvm_msr msr=0x10 is_write=1 value=1' [msr2]='0x7c\n+1 kvm_msr msr=0x11 is_write=1 value=1'
		[mmio]='0x400\n+1 kvm_mmio type=2 len=4 gpa=0xd0000000 value=1'
		[mmio2]='0x400\n+1 kvm_mmio type=2 len=4 gpa=0xd0000004 value=1'
		[value]='0x400\n+1 kvm_mmio type=2 len=4 gpa=0xd0000000 value=2'
	)
	for name in "${!cases[@]}"; do
		printf "$exit${cases[$name]}\n" | flow_script "$name"
	done
	run -1 "$kvmtree" diff "$scratch/port.kvmtree" "$scratch/port2.kvmtree"
	run -1 "$kvmtree" diff "$scratch/port.kvmtree" "$scratch/in.kvmtree"
	run -1 "$kvmtree" diff "$scratch/msr.kvmtree" "$scratch/msr2.kvmtree"
	run -1 "$kvmtree" diff "$scratch/mmio.kvmtree" "$scratch/mmio2.kvmtree"
	run -0 "$kvmtree" diff "$scratch/mmio.kvmtree" "$scratch/value.kvmtree"
}

@test "diff: of exits in no order that repeats, the first that are only in one tell" {
	for i in $(seq 0 199); do
		printf '+10 kvm_entry rip=0x10\n+10 kvm_exit isa=2 rip=0x10 reason=0x7c\n'
		printf '+1 kvm_msr msr=%d is_write=1 value=1\n' $((i * 7 % 200))
	done | flow_script many
	printf '+10 kvm_entry rip=0x10\n+10 kvm_exit isa=2 rip=0x10 reason=0x78\n' | flow_script one
	run -1 "$kvmtree" diff "$scratch/one.kvmtree" "$scratch/many.kvmtree"
	[[ $output == *" more that are only in B"* ]]
	run -1 "$kvmtree" diff --all "$scratch/one.kvmtree" "$scratch/many.kvmtree"
	[[ $output != *" more that are only in B"* ]]
	run -0 "$kvmtree" diff "$scratch/many.kvmtree" "$scratch/many.kvmtree"
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

@test "check: budgets that are kept have status 0" {
	prints 0 check_kept 80 check --max npf=1 --max io:0x3f8=12 --max EPT_VIOLATION=0 --max-total 15 \
		--p50 'KVM_EXIT_IO<1s' --p99 'concept:io<1s' --baseline "$intel" --vm 1 "$amd"
	run -0 "$kvmtree" check --quiet --max-total 15 "$amd"
	[ -z "$output" ]
}

@test "check: each kind of budget breaks, and says by how much" {
	prints 1 check_broken 100 check --max npf=0 --max io:0x3f8=10 --max device:COM1=11 --max-total 14 \
		--p50 'io<1us' --p99 'KVM_EXIT_IO<1us' "$amd"
	run -1 "$kvmtree" check --quiet --max-total 14 "$amd"
	[ -z "$output" ]
	# a time is to be below its limit
	make -s build/tests/gen_trace >/dev/null
	from_script hello_amd
	run -1 "$kvmtree" check --p99 'io<10700ns' "$scratch/hello_amd.kvmtree"
	[[ $output == *"BROKEN  reaches it"* ]]
	run -0 "$kvmtree" check --p99 'io<10701ns' "$scratch/hello_amd.kvmtree"
}

@test "check: a baseline, its tolerance and its slack" {
	make -s build/tests/gen_trace >/dev/null
	from_script hello_amd # 6 exits for io, where the sample has 12
	run -1 "$kvmtree" check --baseline "$scratch/hello_amd.kvmtree" "$amd"
	[[ $output == *"baseline of io "*" 6 "*" 12  BROKEN  6 over (100.0 %)"* ]]
	[[ $output != *"baseline of interrupt"* ]]
	run -1 "$kvmtree" check --baseline "$scratch/hello_amd.kvmtree" --tolerance 99% "$amd"
	[[ $output == *" 11 "*" 12  BROKEN"* ]]
	run -0 "$kvmtree" check --baseline "$scratch/hello_amd.kvmtree" --tolerance 100% "$amd"
	run -1 "$kvmtree" check --baseline "$scratch/hello_amd.kvmtree" --tolerance 0 --slack 5 "$amd"
	run -0 "$kvmtree" check --baseline "$scratch/hello_amd.kvmtree" --slack 6 "$amd"
	# what the baseline lacks may not appear
	from_script mmio_intel
	run -1 "$kvmtree" check --baseline "$amd" --slack 0 "$scratch/mmio_intel.kvmtree"
	[[ $output == *"baseline of cpuid "*" 0 "*" 1  BROKEN  1 over"* ]]
}

@test "check: a recording that is not whole keeps no budget, unless that is allowed" {
	make -s build/tests/gen_trace >/dev/null
	from_script loss
	run -1 "$kvmtree" check --max-total 1000000 "$scratch/loss.kvmtree"
	[[ $output == *"lost records, gaps "*BROKEN* ]]
	run -0 "$kvmtree" check --allow-loss --max-total 1000000 "$scratch/loss.kvmtree"
	# a chunk that is damaged, and a file that ends early
	cp "$amd" "$scratch/damaged"
	printf '\377\377\377\377' | dd of="$scratch/damaged" bs=1 seek=3000 conv=notrunc status=none
	run -1 "$kvmtree" check --max-total 1000000 "$scratch/damaged"
	[[ $output == *"lost records, gaps "*BROKEN* ]]
	head -c 4000 "$amd" >"$scratch/torn"
	run -1 "$kvmtree" check --max-total 1000000 "$scratch/torn"
	[[ $output == *"lost records, gaps "*BROKEN* ]]
}

@test "check: the JUnit report is read by another parser" {
	cp "$amd" "$scratch/a<b>&\"c\".kvmtree"
	run -1 "$kvmtree" check --max 'io:0x3f8=10' --max 'handler:<&>"=3' --p99 'io<1us' --max-total 100 \
		--junit "$scratch/report.xml" "$scratch/a<b>&\"c\".kvmtree"
	python3 - "$scratch" <<'END'
import sys, xml.etree.ElementTree as tree
suite = tree.parse(sys.argv[1] + "/report.xml").getroot().find("testsuite")
assert suite.get("name") == "kvmtree check " + sys.argv[1] + '/a<b>&"c".kvmtree', suite.get("name")
cases = suite.findall("testcase")
names = [case.get("name") for case in cases]
assert names == ["total", "io:0x3f8", 'handler:<&>"', "p99 of io", "lost records, gaps"], names
broken = [case.get("name") for case in cases if case.find("failure") is not None]
assert broken == ["io:0x3f8", "p99 of io"], broken
assert suite.get("tests") == "5" and suite.get("failures") == "2"
message = cases[1].find("failure").get("message")
assert message == "io:0x3f8: the limit is 10, there are 12: 2 over (20.0 %)", message
END
	run -1 --separate-stderr "$kvmtree" check --max-total 100 --junit "$scratch/no/report.xml" "$amd"
	[[ $stderr == *"--junit $scratch/no/report.xml: cannot be written"* ]]
}

@test "check: budgets that are none have status 2, and say why" {
	while IFS='|' read -r option value says; do
		run -2 --separate-stderr "$kvmtree" check "$option" "$value" "$amd"
		[[ $stderr == *"$option $value"*"$says"* ]] || { echo "$option $value: $stderr"; return 1; }
		[ -z "$output" ]
	done <<'END'
--max|HLT|needs the form KEY=NUMBER
--max|HTL=3|no exit reason, concept or KVM_EXIT_* has this name
--max|HLT=many|many: is no number of exits
--max|HLT=-1|-1: is no number of exits
--max|HLT=99999999999999999999|is no number of exits
--max|io:COM1=3|needs a number
--max-total|1e3|is no number of exits
--p99|HLT=1ms|needs the form KEY<TIME
--p99|HLT<1|is no time
END
	run -2 --separate-stderr "$kvmtree" check --max-total 1 --tolerance 10% "$amd"
	[[ $stderr == *"--tolerance: is about a --baseline"* ]]
	run -2 --separate-stderr "$kvmtree" check --baseline "$amd" --tolerance much "$amd"
	[[ $stderr == *"--tolerance much: needs per cent"* ]]
	run -2 --separate-stderr "$kvmtree" check "$amd"
	[[ $stderr == *"there is no budget to check"* ]]
	run -2 --separate-stderr "$kvmtree" check --vm 2 --max-total 1 "$amd"
	run -1 --separate-stderr "$kvmtree" check --max-total 1 "$scratch/none"
	[[ $stderr == *"$scratch/none"* ]]
}

@test "stat: one vCPU, one VM" {
	make -s build/tests/gen_trace >/dev/null
	from_script two_vms
	run -0 "$kvmtree" stat --vcpu 1 "$scratch/two_vms.kvmtree"
	[[ $output == *"cpuid "* && $output != *"io "* ]]
	run -0 "$kvmtree" stat --vm 3 "$scratch/two_vms.kvmtree"
	[[ $output == *"no exits"* ]]
	run -2 --separate-stderr "$kvmtree" stat --vm 4 "$scratch/two_vms.kvmtree"
	[[ $stderr == *"--vm 4"* ]]
}

@test "stat: by function of the guest" {
	printf '%s\n' '0000000000001000 T start' '0000000000001008 T put_byte' '0000000000100000 T _end' >"$scratch/System.map"
	run -0 "$kvmtree" stat --by symbol --symbols "$scratch/System.map" "$amd"
	[[ $output == *"put_byte "* && $output != *"rip 0x"* ]]
	# all exits are in some row
	cnt=$(awk '/^GUEST CODE/ { on = 1; next } $1 == "all" { on = 0; if ($2 != sum) exit 1; print "same" } on { sum += $2 }' <<<"$output")
	[ "$cnt" = same ]
	run -0 "$kvmtree" stat --by symbol "$amd"
	[[ $output == *"rip 0x100c "* ]]
	run -1 --separate-stderr "$kvmtree" stat --by symbol --symbols "$scratch/none" "$amd"
	[[ $stderr == *"--symbols $scratch/none: "* ]]
}
