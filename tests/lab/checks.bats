#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Looks, outside the lab and without KVM, at what tests/lab/record.sh has recorded inside:
#   LAB=build/test/amd-1 VENDOR=amd STORM=100000 CASES=all bats tests/lab/checks.bats
# It does not assert how long anything took.

setup() {
	. "$BATS_TEST_DIRNAME/looking.bash"
	lab_open
	. tests/lab/common.bash
}

# For what tests/lab/record.sh records only when asked for all.
needs_all() { [ "$CASES" = all ] || skip "not recorded on $VENDOR: it is the same on all"; }

golden() {
	local want=tests/lab/golden/$1-$VENDOR-$(cut -d. -f1,2 "$LAB/release").txt
	diff -u "$want" <(tests/lab/golden.sh "$LAB/$1.kvmtree")
}

@test "$VENDOR: the tree of hello is the golden one" { golden hello; }
@test "$VENDOR: the tree of mmio is the golden one" { golden mmio; }
@test "$VENDOR: the tree of cpuid is the golden one" { golden cpuid; }
@test "$VENDOR: the tree of halt is the golden one" { golden halt; }

@test "$VENDOR: hello walks from creation to the end, in order and nested" {
	local t
	t=$(tree hello)
	case $VENDOR in
	amd) v=svm io='io +out 0x3f8' fault='npf +gpa' hlt=hlt ;;
	intel) v=vmx io='IO_INSTRUCTION +out 0x3f8' fault='EPT_VIOLATION +gpa' hlt=HLT ;;
	esac
	in_order "$t" 'machine_init' 'vm_create' 'ioctl KVM_CREATE_VM' 'kvm_create_vm' \
		"${v}_vm_init" 'ioctl KVM_SET_USER_MEMORY_REGION' 'vcpu_create' \
		'ioctl KVM_CREATE_VCPU id=0' 'kvm_vm_ioctl_create_vcpu' 'kvm_arch_vcpu_create' \
		"${v}_vcpu_create" "${v}_vcpu_reset" 'ioctl KVM_SET_SREGS' 'ioctl KVM_SET_REGS' \
		'vcpu_run' 'ioctl KVM_RUN' '▶ guest' "◀ $fault" "◀ $io" 'handle_io' 'serial_out' \
		"◀ $hlt" 'handle_halt' 'kvm_destroy_vm' "${v}_vcpu_free"
	t=$(tree hello --ascii)
	below "$t" 'ioctl KVM_CREATE_VM ' "${v}_vm_init"
	below "$t" 'ioctl KVM_CREATE_VCPU' 'kvm_arch_vcpu_create'
	below "$t" 'kvm_arch_vcpu_create' "${v}_vcpu_create"
	below "$t" 'ioctl KVM_RUN' '> guest'
}

@test "$VENDOR: frames that the compiler inlined are drawn, as inferred" {
	tree hello | grep 'kvm_vm_ioctl_create_vcpu' | grep -q 'inlined here'
}

@test "$VENDOR: the guest's output and status come through the recorder" {
	[ "$(cat "$LAB/hello.out")" = 'Hello, KVM!' ]
	status_is hello 0
	needs_all
	status_is exit-3 3
	status_is triple 126
}

@test "$VENDOR: counts by reason equal the kernel's own histogram" {
	for name in hello mmio cpuid halt storm; do
		diff <(kernel_counts "$name") <(our_counts "$name")
	done
}

@test "$VENDOR: a storm loses nothing, equals KVM's counter, and folds" {
	local head
	head=$(tree storm | head -1)
	echo "$head"
	[[ $head == *" 0 lost, coverage 100 %"* ]]
	[ "$(our_counts storm | tail -1)" = "$STORM" ]
	# the loop is one line
	tree storm | tr -d , | grep -q " $((STORM - 1)) × \["
	# and what is about the loop fits a screen of 24 lines
	[ "$(tree storm | sed -n '/vcpu_run/,/^machine_release/p' | wc -l)" -le 24 ]
}

@test "$VENDOR: --no-fold prints every exit of a storm" {
	[ "$(tree storm --no-fold | grep -c '◀ .*out 0x80')" = "$STORM" ]
}

@test "$VENDOR: two VMMs at once are two trees" {
	needs_all
	local t
	t=$(tree two-vmms)
	[ "$(grep -c '^VM [0-9]' <<<"$t")" = 2 ]
	[ "$(grep -c '^VM .*coverage 100 %' <<<"$t")" = 2 ]
	[ "$(grep -cE '[├└]─ ioctl KVM_CREATE_VM ' <<<"$t")" = 2 ]
	[ "$(grep -oE 'process [0-9]+' <<<"$t" | sort -u | wc -l)" = 2 ]
}

@test "$VENDOR: one VMM with two VMs is two trees" {
	needs_all
	local t
	t=$(tree two-vms)
	[ "$(grep -c '^VM .*coverage 100 %' <<<"$t")" = 2 ]
	[ "$(grep -oE 'process [0-9]+' <<<"$t" | sort -u | wc -l)" = 1 ]
}

@test "$VENDOR: two vCPUs are two threads of one VM" {
	needs_all
	local t
	t=$(tree two-vcpus)
	grep -q '1 VM, 2 vCPUs' <<<"$t"
	[ "$(grep -cE 'ioctl KVM_CREATE_VCPU id=[01]' <<<"$t")" = 2 ]
}

@test "$VENDOR: the default name is COMMAND's, and - streams" {
	needs_all
	tree default | grep -q 'ioctl KVM_RUN'
	"$kvmtree" tree - <"$LAB/stream.kvmtree" | grep -q 'ioctl KVM_RUN'
	# what the guest prints is not in the stream
	says stream 'Hello, KVM!'
}

@test "$VENDOR: the doctor names the rung of each function" {
	status_is doctor 0
	grep -qE '^ +kvm_arch_vcpu_create +kvm +fentry' "$LAB/doctor.out"
	grep -qE '^ +kvm_vm_ioctl_create_vcpu +kvm +inlined' "$LAB/doctor.out"
	grep -qE "^ +ok +vendor +$VENDOR" "$LAB/doctor.out"
}

@test "$VENDOR: a command that is not there" {
	needs_all
	status_is absent 127
	says absent 'starting ./no-such-command: there is no such program'
	[ ! -e "$LAB/absent.kvmtree" ]
	# and one that is there, but cannot be executed
	status_is no-interpreter 127
	says no-interpreter 'is the interpreter in its first line there'
	[ ! -e "$LAB/no-interpreter.kvmtree" ]
}

@test "$VENDOR: a command without a VM" {
	needs_all
	status_is no-vm 0
	says no-vm 'no VM ran'
}

@test "$VENDOR: a VMM that is killed leaves a whole recording" {
	needs_all
	status_is killed 137
	says killed 'was killed by signal 9'
	tree killed | grep -q 'coverage 100 %'
	tree killed | grep -qE '^■ VM 1: .*its process was killed by signal 9 \(Killed\)$'
}

@test "$VENDOR: a parent that watches its child stop does not hang" {
	needs_all
	status_is su 0
	tree su | grep -q 'vm_create'
}

@test "$VENDOR: a usage error has status 2" {
	needs_all
	status_is usage 2
	says usage 'kvmtree record: an argument is missing; usage: '
}

@test "$VENDOR: a file that cannot be written" {
	needs_all
	status_is unwritable 1
	says unwritable 'opening /proc/none/x.kvmtree: No such file or directory; name another'
}

@test "$VENDOR: without privileges the missing capability is named" {
	needs_all
	status_is unprivileged 1
	says unprivileged 'you lack CAP_BPF and CAP_PERFMON, .*sudo'
}

@test "$VENDOR: without /dev/kvm the lab is named" {
	needs_all
	status_is no-kvm 1
	says no-kvm 'there is no /dev/kvm, though kvm_amd is loaded: .*mknod'
}

@test "$VENDOR: a recorder that is killed leaves a file that reads" {
	needs_all
	run tree sigkill
	echo "$output" | head -5
	[[ $output == *"ioctl KVM_RUN"* ]]
	[[ $output == *"did not end in order"* || $output == *"ends"* ]]
}

@test "$VENDOR: a recorder that is killed leaves nobody stopped" {
	needs_all
	status_is keeper 0
	[ "$(cat "$LAB/keeper.out")" = 'Hello, KVM!' ]
}

@test "$VENDOR: a full disk is told, and what is written reads" {
	needs_all
	status_is disk-full 1
	says disk-full 'No space left on device; make room'
	run tree disk-full
	[[ $output == *"ioctl KVM_RUN"* ]]
}

@test "live counts what the kernel counts, reason by reason, in each of its forms" {
	status_is live 0
	python3 - "$LAB" <<-'END'
	import collections, csv, json, re, sys
	lab = sys.argv[1]
	hist = collections.Counter()
	for line in open(lab + '/live.hist'):
	    found = re.match(r'\{ exit_reason: +(\d+).*hitcount: +(\d+)', line)
	    if found:
	        hist[int(found[1])] += int(found[2])
	want = sorted(hist.values())
	look = json.load(open(lab + '/live.json'))
	by_json = collections.Counter()
	for row in look['rows']:
	    by_json[row['reason']] += row['total']
	    assert row['command'] == 'vmm' and row['vcpu'] == 0, row
	    assert row['p50_ns'] <= row['p90_ns'] <= row['p99_ns'], row
	by_csv = collections.Counter()
	for row in csv.DictReader(open(lab + '/live.csv')):
	    by_csv[row['reason']] += int(row['total'])
	by_metric = collections.Counter()
	for line in open(lab + '/live.openmetrics'):
	    found = re.match(r'kvmtree_exits_total\{.*reason="([^"]*)"\} (\d+)', line)
	    if found:
	        by_metric[found[1]] += int(found[2])
	assert line == '# EOF\n', line
	assert by_json == by_csv == by_metric, (by_json, by_csv, by_metric)
	assert sorted(by_json.values()) == want, (by_json, hist)
	assert len({row['pid'] for row in look['rows']}) == 2, look
	assert look['guest_ns'] > 0 and look['not_counted'] == 0, look
	END
}
