#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Looks, outside the lab, at what tests/lab/exit.sh has recorded inside: LAB=build/test/exit bats tests/lab/exit.bats
# It does not assert how long anything took.

setup() {
	. "$BATS_TEST_DIRNAME/looking.bash"
	lab_open
}

width=200

# lines NAME: the recording as Python's list `lines`, then the program on standard input.
lines() {
	"$kvmtree" export "$LAB/$1.kvmtree" >"$BATS_TEST_TMPDIR/lines"
	{
		echo "import json; lines = [json.loads(l) for l in open('$BATS_TEST_TMPDIR/lines')]"
		echo "def of(kind, **want):"
		echo "    return [l for l in lines if l['type'] == kind and all(l[k] == v for k, v in want.items())]"
		cat
	} | python3 -
}

@test "nothing is lost and every exit is covered" {
	for name in timer ipi answers busy; do
		status_is "$name" 0
		tree "$name" | head -1 | grep -q ' 0 lost, coverage 100 %'
	done
}

@test "a guest that halts waits, is woken, and has the timer's interrupt injected" {
	lines timer <<-'END'
	exits = of('exit')
	halts = [i for i, e in enumerate(exits) if e['reason'] in ('hlt', 'HLT')]
	assert len(halts) == 50, exits
	for i in halts: # after it the guest goes on with the interrupt
	    assert (exits[i + 1]['injected'], exits[i + 1]['injected_vector']) == ('interrupt', 32), exits[i + 1]
	# a host that was away from the guest for long has the next ticks ready: there is no waiting for these
	assert len(of('note', name='kvm_vcpu_wakeup')) >= 5
	END
	tree timer --no-fold | grep -q 'guest.* injects interrupt 32'
	tree timer --no-fold | grep -qE '· waited .*, (blocked|polling)'
}

@test "an interrupt from one vCPU to another: sent, taken, injected, served" {
	lines ipi <<-'END'
	sent = [n for n in of('note', name='kvm_apic_ipi', vcpu=0) if n['what'].endswith('fixed')]
	assert len(sent) >= 50, len(sent)
	assert len([n for n in of('note', name='kvm_apic_accept_irq') if n['what'].startswith('APIC 1 takes')]) >= 50
	assert len([e for e in of('exit', vcpu=1) if e['injected'] == 'interrupt']) >= 50
	assert len([n for n in of('note', name='kvm_eoi') if n['what'].endswith('APIC 1')]) >= 50
	assert of('note', name='kvm_apic')
	END
}

@test "an NMI from the VMM is injected once, after the exit at which it was sent" {
	lines answers <<-'END'
	exits = of('exit')
	nmi = [i for i, e in enumerate(exits) if e['injected']]
	assert [(exits[i]['injected'], exits[i]['injected_vector']) for i in nmi] == [('nmi', 2)], exits
	assert exits[nmi[0] - 1]['reason'] in ('io', 'IO_INSTRUCTION'), exits
	END
	tree answers --no-fold | grep -qE 'guest.* injects NMI '
}

@test "guest, kernel and VMM add up to the time from one exit to the next, and off CPU is in them" {
	for name in timer busy; do
		lines "$name" <<-'END'
		exits = of('exit', vcpu=0)
		assert len(exits) > 5
		for a, b in zip(exits, exits[1:]):
		    assert a['off_cpu_ns'] <= a['kernel_ns'] + a['user_ns'], a
		    assert a['off_user_ns'] <= a['off_cpu_ns'] and a['off_user_ns'] <= a['user_ns'], a
		    if not a['is_open']:
		        assert a['start_ns'] + a['kernel_ns'] + a['user_ns'] + b['guest_ns'] == b['start_ns'], (a, b)
		told = sum(o['duration_ns'] for o in of('off_cpu', in_exit=True))
		assert told == sum(e['off_cpu_ns'] for e in exits), told
		END
	done
}

@test "who takes the CPU away is named" {
	lines busy <<-END
	taken = of('off_cpu', why='preempted', next='yes')
	assert taken and all(o['next_tid'] == $(cat "$LAB/yes") for o in taken), of('off_cpu')
	END
	"$kvmtree" stat "$LAB/busy.kvmtree" | grep -q '^preempted by yes '
	tree busy --no-fold | grep -q "preempted .* by yes $(cat "$LAB/yes")"
}

@test "what a VMM answers is on the exit's line, once" {
	local t
	t=$(tree answers --no-fold)
	grep -qE '◀ .* read 0x12345 → 0x1122334455667788 .*EXIT_X86_RDMSR' <<<"$t"
	grep -qE '◀ .* in 0x3fd → .?0x60|◀ .* in 0x3fd → .`' <<<"$t"
	grep -qE '◀ .* write 0x12345 ← 0x' <<<"$t"
	[[ $t != *'+1 more'* ]]
}

@test "structures of ioctls are decoded" {
	local t
	t=$(tree answers --no-fold)
	grep -q 'ioctl KVM_ENABLE_CAP KVM_CAP_X86_USER_SPACE_MSR arg=0x3 ' <<<"$t"
	grep -q 'ioctl KVM_SET_REGS rip=0x0 rsp=0x1000 rflags=0x2 ' <<<"$t"
	lines timer <<-'END'
	data = {l['name']: l['data'] for l in of('frame') if l['data']}
	supported, given = data['ioctl KVM_GET_SUPPORTED_CPUID'], data['ioctl KVM_SET_CPUID2']
	for table in supported, given: # all of it, beyond the first bytes
	    assert len(table['list']) == table['nent'] > 10, table
	assert supported['list'][0]['function'] == '0x0'
	assert data['ioctl KVM_SET_SREGS']['cr0'] == '0x11' # protected mode
	assert int(data['ioctl KVM_SET_LAPIC']['version'], 16) & 0xff == 0x14
	assert [m['index'] for m in data['ioctl KVM_SET_MSRS']['list']]
	END
}
