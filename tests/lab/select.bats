#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Looks at what tests/lab/select.sh has recorded inside the lab:
#   LAB=build/test/select bats tests/lab/select.bats
# It does not assert how long anything took.

bats_require_minimum_version 1.5.0

setup() {
	. "$BATS_TEST_DIRNAME/looking.bash"
	lab_open
}

width=200

# head_is NAME PATTERN: the first line of its tree.
head_is() {
	local head
	head=$(tree "$1" 2>&1 | head -1)
	[[ $head == $2 ]] || { echo "$head"; return 1; }
}

# ports NAME: "PORT COUNT" of each port, of the last table of `stat`: that of all VMs.
ports() {
	"$kvmtree" stat --color never --by port "$LAB/$1.kvmtree" |
		awk '/^PORT/ { table = "" }
		$1 ~ /^0x/ { for (i = 2; i <= NF; i++) if ($(i + 1) ~ /^[0-9.]+$/ && $(i + 2) == "%") {
			gsub(",", "", $i); table = table $1 " " $i "\n"; next } }
		END { printf "%s", table }' | sort
}

@test "--vcpu records these vCPUs, wholly, and nothing of the others" {
	for name in one-vcpu one-vcpu-kprobe; do status_is "$name" 0; done
	head_is one-vcpu '* 1 VM, 1 vCPU, * 0 lost, coverage 100 %'
	[ "$(ports one-vcpu)" = "0x101 1000" ]
	[ "$(ports one-vcpu-kprobe)" = $'0x100 1000\n0x102 1000' ]
	run tree one-vcpu
	[[ $output == *"only vCPU 1 was recorded"* ]]
	[[ $output == *"KVM_CREATE_VM "* && $output == *"KVM_CREATE_VCPU id=1"* ]]
	[[ $output != *"KVM_CREATE_VCPU id=0"* && $output != *"KVM_CREATE_VCPU id=2"* ]]
}

@test "--vm NAME records the VMM that is called so, and not its neighbour" {
	status_is named 0
	head_is named '* 1 VM, 2 vCPUs, * 0 lost, coverage 100 %'
	[ "$(ports named)" = $'0x100 500\n0x101 500' ]
	grep -q 'Hello, KVM!' "$LAB/named.out"
	status_is named-none 0
	says named-none 'no VM ran'
	run tree named-none
	[[ $output != *"KVM_RUN"* ]]
	grep -q '^Recorded: build/vmm, vCPUs 0,2-3 of VMs odd_vmm$' "$LAB/named-dry.out"
}

@test "--vm PID-FD records one VM of a process" {
	for name in by-fd by-fd-exits; do status_is "$name" 0; done
	head_is by-fd '* 1 VM, 1 vCPU, * 0 lost, coverage 100 %'
	[ "$(ports by-fd | cut -d' ' -f1)" = 0x100 ]
	head_is by-fd-exits '* 1 VM, 2 vCPUs, * 0 lost, coverage 100 %'
}

@test "--all with a name, and with a vCPU" {
	for name in by-name vcpu-exits; do status_is "$name" 0; done
	head_is by-name '* 1 VM, 1 vCPU, * 0 lost, coverage 100 %'
	[ "$(ports by-name | cut -d' ' -f1)" = 0x80 ]
	head_is vcpu-exits '* 2 VMs, 2 vCPUs, * 0 lost, coverage 100 %'
}

@test "a name that nobody has is refused with those that there are" {
	status_is unknown 1
	says unknown -- '--vm nobody: no VM that runs here is called so'
	says unknown 'PID-FD +PROGRAM +NAME'
	[ "$(grep -cE '^  [0-9]+-[0-9]+ +(odd_vmm|vmm) +-$' "$LAB/unknown.err")" = 3 ]
	status_is unknown-pid 1
	says unknown-pid -- '--vm odd_vmm: no VM'
	[ ! -e "$LAB/unknown.kvmtree" ]
}

@test "a VMM of another user is refused to whoever may not trace it" {
	status_is foreign 1
	says foreign "attaching to process [0-9]+: you may not trace it: it is another user's"
}

@test "vCPUs that are added, that move, VMs that come and go, eight at once" {
	for name in odd-add odd-move odd-move-exits odd-twice odd-churn odd-eight; do
		status_is "$name" 0
		run -1 grep "that KVM counted" "$LAB/$name.err"
	done
	head_is odd-add '* 1 VM, 3 vCPUs, * 0 lost, coverage 100 %'
	[ "$(ports odd-add)" = $'0x100 1000\n0x101 1000\n0x102 1000' ]
	head_is odd-move '* 1 VM, 1 vCPU, * 0 lost, coverage 100 %'
	[ "$(ports odd-move)" = "0x100 1000" ]
	head_is odd-move-exits '* 1 VM, 1 vCPU, * 0 lost, coverage 100 %'
	[ "$(ports odd-move-exits)" = "0x100 1000" ]
	head_is odd-twice '* 1 VM, 1 vCPU, * 0 lost, coverage 100 %'
	head_is odd-twice-joined '* 1 VM, 1 vCPU, * 0 lost, coverage 100 %'
	head_is odd-churn '* 6 VMs, 6 vCPUs, * 0 lost, coverage 100 %'
	[ "$(ports odd-churn)" = "0x100 1200" ]
	head_is odd-eight '* 1 VM, 8 vCPUs, * 0 lost, coverage 100 %'
	[ "$(ports odd-eight | sort -u -k2 | cut -d' ' -f2)" = 2000 ]
	[ "$(ports odd-eight | wc -l)" = 8 ]
}

@test "the threads of the vCPUs have ended when the recording ends, the vCPUs have not" {
	status_is odd-keep 0
	head_is odd-keep '* 1 VM, 2 vCPUs, * 0 lost, coverage 100 %'
	[ "$(ports odd-keep)" = $'0x100 500\n0x101 500' ]
}

@test "--ring keeps the last of it, covers that, and says what it let go" {
	status_is ring 0
	[ "$(cat "$LAB/ring.size")" -le 1048576 ]
	[ "$(cat "$LAB/ring.size")" -gt 400000 ]
	[ ! -e "$LAB/ring.kvmtree.next" ]
	head_is ring '* 1 VM, 1 vCPU, * 0 lost, coverage 100 %'
	run tree ring
	[[ $output == *" exits, were let go by --ring"* ]]
	[[ $output == *"its process ended with status 0"* && $output == *"post_out"* ]]
	# what is kept and what was let go is all that there was: 40,000 exits of the port, and a few of the host
	python3 - <(head -3 <<<"$output") "$LAB/ring.err" <<-'END'
	import re, sys
	text, said = open(sys.argv[1]).read(), open(sys.argv[2]).read()
	kept = int(re.search(r'([\d,]+) exits, 0 lost', text)[1].replace(',', ''))
	gone = int(re.search(r'with ([\d,]+) exits, were', text)[1].replace(',', ''))
	total = int(re.search(r': (\d+) exits', said)[1])
	assert kept > 5000 and gone > 5000, text
	assert kept + gone == total >= 40000, (kept, gone, total)
	END
}

@test "--ring in a file of another user's leaves it theirs" {
	status_is ring-owned 0
	[ "$(cat "$LAB/ring-owned.stat")" = "65534:65533 640" ]
	run tree ring-owned
	[[ $output == *" exits, were let go by --ring"* ]]
}

@test "--ring on a full disk is told, and what is written reads" {
	status_is ring-full 1
	says ring-full 'No space left on device; make room'
	run tree ring-full
	[[ $output == *"ioctl KVM_RUN"* ]]
	# where the disk was full in the midst of a chunk, or after a whole one
	[[ $output == *"torn chunk; the recorder was killed or the disk was full"* || $output == *"did not end in order"* ]]
}

@test "--until stops after the exit, and COMMAND goes on" {
	status_is until-io 0
	says until-io 'stopped after io 0x3f8 COM1 of vCPU 0 of vmm \([0-9]+\), .* until the next entry; COMMAND goes on'
	grep -q 'Hi!' "$LAB/until-io.out"
	# two turns: that of the exit, and the one that begins with its next entry
	[ "$(ports until-io)" = "0x3f8 2" ]
	head_is until-io '* 0 lost, coverage 100 %'
	run tree until-io
	[[ $output == *"the recording was stopped after io 0x3f8"* && $output == *"its end was not seen"* ]]
	status_is until-storm 0
	says until-storm 'stopped after io 0x80'
	head_is until-storm '* 0 lost, coverage 100 %'
	[ "$(ports until-storm)" = "0x80 2" ]
}

@test "after --until nothing is attached any more, though COMMAND is there" {
	status_is until-stay 0
	[ "$(cat "$LAB/until-stay.refcnt")" = 0 ]
}

@test "--until ends a stream" {
	status_is until-stream 0
	grep -q 'the recording was stopped after cpuid' "$LAB/until-stream.out"
}

@test "--until of an exit that never comes, that this processor has not, that is none" {
	status_is until-never 0
	says until-never 'no exit came that was waited for'
	run tree until-never
	[[ $output == *"its process ended with status 0"* ]]
	status_is until-foreign 1
	says until-foreign "EPT_VIOLATION: no exit of this processor is called so, which is AMD's; .--until memory. is its like"
	status_is until-nonsense 1
	says until-nonsense 'nonsense: no exit reason, concept or KVM_EXIT'
}

@test "--until-slower stops after the exit that took so long, and the VMM goes on" {
	status_is slower 0
	[ -e "$LAB/slower.alive" ]
	says slower 'stopped after .* of vCPU 0 of vmm \([0-9]+\), [0-9.]+ (ms|s)'
	head_is slower '* 0 lost, coverage 100 %'
}

@test "two recorders at once are both right" {
	for name in both-1 both-2; do
		status_is "$name" 0
		head_is "$name" '* 1 VM, 1 vCPU, * 0 lost, coverage 100 %'
	done
}

@test "while it is recorded the module cannot be unloaded, and says so" {
	[ "$(cat "$LAB/unload.status")" != 0 ]
	says unload 'Module kvm_amd is in use'
	status_is module 0
	head_is module '* 1 VM, 1 vCPU, * 0 lost, coverage 100 %'
}

@test "a VMM that ends before it could be joined" {
	status_is gone 1
	says gone 'attaching to process [0-9]+: (it has ended meanwhile|No such process|vmm has no VM)'
	[ ! -e "$LAB/gone.kvmtree" ]
}

@test "a recorder killed while its VMM computes leaves every exit from more than a second before" {
	run "$kvmtree" stat --color never "$LAB/spin.kvmtree"
	echo "$output"
	[[ $output =~ io\ +3,001\  ]]
}

@test "a recorder killed at 20 random moments of a storm leaves all but the last second" {
	python3 - "$LAB" "$kvmtree" <<-'END'
	import glob, json, subprocess, sys
	lab, kvmtree = sys.argv[1:]
	files = sorted(glob.glob(lab + '/kill-*.kvmtree'))
	assert len(files) == 20, files
	for file in files:
	    out = subprocess.run([kvmtree, 'export', '--format', 'json', file], capture_output=True, text=True)
	    rows = [json.loads(line) for line in out.stdout.splitlines()]
	    recording = rows[-1]
	    assert recording['lost_records'] == 0 and recording['gaps'] == 0, (file, recording)
	    last = max(row['start_ns'] for row in rows if row['type'] == 'exit') + int(recording['clock_origin_ns'], 0)
	    killed = int(open(file.replace('.kvmtree', '.time')).read())
	    assert killed - last < 1e9, (file, killed, last)
	    vcpu, = [row for row in rows if row['type'] == 'vcpu' and row['vm']]
	    want = int(open(file.replace('.kvmtree', '.count')).read())
	    got = vcpu['exits'] + vcpu['kvm_exits_before']
	    assert got >= want, (file, got, want)
	END
}
