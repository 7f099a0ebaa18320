#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Boots Linux in vmm, and programs that know nothing of it, under real KVM; prints TAP. Runs on a
# machine with /dev/kvm, or in the lab: scripts/lab -- tests/lab-linux.sh [--short]
#   --short   one boot only
# KVM_UNIT_TESTS=DIR, a built copy of kvm-unit-tests, has some of them run too.
# It does not assert how long anything takes.

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/lab/verdict.bash
. "$here/lab/verdict.bash"
vmm=${VMM:-$here/../build/vmm}
version=$(uname -r)
[ -e /dev/kvm ] || skip_all "no /dev/kvm; use scripts/lab -- $0"
kernel=$(image_of "$version") || skip_all "no image of Linux $version"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

why() { echo "status $status"; tail -n 40 "$scratch/out" "$scratch/err"; }

# run INPUT OPTIONS...: vmm; leaves status, $scratch/{out,err}.
run() {
	local input=$1
	shift
	timeout 900 "$vmm" "$@" <"$input" >"$scratch/out" 2>"$scratch/err"
	status=$?
}

# boot INPUT WORDS OPTIONS...: Linux, to the end of the job on standard input.
boot() {
	local input=$1 words=$2
	shift 2
	cat >"$scratch/job"
	"$here/guest-initrd" "$scratch/initrd" / "$version" "$scratch/job"
	run "$input" -k "$kernel" -i "$scratch/initrd" -p "mitigations=off $words" "$@"
}

said() { tr -d '\r' <"$scratch/out" | grep -q "^$1\$"; }

# What Linux says of tables and controllers that it does not like; lines with a time before them.
complaints() {
	tr -d '\r' <"$scratch/out" | grep -aE '^\[ *[0-9]+\.[0-9]+\]' |
		grep -aiE 'firmware bug|bios bug|(acpi|apic|mptable|mp-table|smpboot).*(error|warn|bad|fail|invalid|mismatch|unknown|not found|disabled by)|PCI: Fatal|No irq handler|nobody cared' |
		grep -avE 'checksum verification disabled|MMCONFIG' # both say how it is, at level info
}

boots_whole() {
	boot /dev/null '' -c 4 -m 4G <<-'END'
		echo "cpus: $(nproc)"
		[ "$(awk '/MemTotal/ { print $2 }' /proc/meminfo)" -gt 3800000 ] && echo "memory: enough"
		grep -q 'ttyS0' /proc/interrupts && echo "serial: interrupts"
		[ "$(date -u +%Y)" -ge 2024 ] && echo "time: set"
		reboot -f
	END
	[ $status -eq 0 ] && said 'cpus: 4' && said 'memory: enough' &&
		said 'serial: interrupts' && said 'time: set'
	verdict "Linux $version on 4 vCPUs, with memory above the hole, restarts: status 0"
	complaints >"$scratch/complaints"
	[ -s "$scratch/out" ] && [ ! -s "$scratch/complaints" ]
	verdict "and has no complaint about ACPI, APICs or MP table"
	sed 's/^/# /' "$scratch/complaints"
}
boots_whole
[ "${1:-}" != --short ] || done_all

mkfifo "$scratch/pipe"
{
	echo "one line from a pipe, which is longer than the FIFO"
	sleep 900 # held open: the end of input is not what ends the guest
} >"$scratch/pipe" &
writer=$!
boot "$scratch/pipe" quiet <<'END'
read -r line
echo "heard: $line"
END
kill $writer
[ $status -eq 0 ] && said 'heard: one line from a pipe, which is longer than the FIFO'
verdict "Linux reads its serial port, and powers off: status 0"

boot /dev/null quiet <<'END'
echo c >/proc/sysrq-trigger
END
[ $status -eq 123 ]
verdict "a panic has a status of its own"

boot /dev/null acpi=off -c 2 <<'END'
echo "cpus: $(nproc)"
grep -q 'IO-APIC.*ttyS0' /proc/interrupts && echo "serial: interrupts"
reboot -f
END
complaints >"$scratch/complaints"
[ $status -eq 0 ] && said 'cpus: 2' && said 'serial: interrupts' && [ ! -s "$scratch/complaints" ]
verdict "without ACPI Linux finds CPUs and interrupts in the MP table"
sed 's/^/# /' "$scratch/complaints"

# The kernel that a bzImage holds, an ELF file with a PVH note.
if python3 - "$kernel" >"$scratch/vmlinux" 2>"$scratch/err" <<'END'; then
import lzma, struct, sys
image = open(sys.argv[1], "rb").read()
at = (image[0x1f1] + 1) * 512 + struct.unpack_from("<I", image, 0x248)[0]
size = struct.unpack_from("<I", image, 0x24c)[0]
sys.stdout.buffer.write(lzma.LZMADecompressor().decompress(image[at:at + size]))
END
	echo 'echo "entry: PVH"' >"$scratch/job"
	"$here/guest-initrd" "$scratch/initrd" / "$version" "$scratch/job"
	run /dev/null -k "$scratch/vmlinux" -i "$scratch/initrd" -p "console=ttyS0 quiet"
	[ $status -eq 0 ] && said 'entry: PVH'
	verdict "an ELF with a PVH note boots: Linux itself, unpacked"
else
	skip "an ELF with a PVH note boots" "this kernel is not packed with xz"
fi

# It does not end: it is watched until it has begun to test, and then ended.
memtest=/boot/memtest86+x64.bin
if [ -e $memtest ]; then
	timeout 900 "$vmm" -m 16M -k $memtest -p console=ttyS0,115200 </dev/null >"$scratch/out" 2>"$scratch/err" &
	tester=$!
	until grep -aq 'Moving inversions' "$scratch/out" || ! kill -0 $tester 2>/dev/null; do sleep 0.2; done
	kill $tester
	wait $tester 2>/dev/null
	grep -aq 'Moving inversions' "$scratch/out"
	verdict "memtest86+ tests the memory"
else
	skip "memtest86+ tests the memory" "no $memtest"
fi

# It starts in 16 bits, and has the BIOS print and tell of memory.
ipxe=/usr/lib/ipxe/ipxe.lkrn
if [ -e $ipxe ]; then
	run /dev/null -m 64M -k $ipxe -p 'echo word from vmm'
	[ $status -eq 0 ] && said 'word from vmm'
	verdict "iPXE starts by way of the BIOS, obeys, and ends: status 0"
else
	skip "iPXE starts by way of the BIOS, obeys, and ends" "no $ipxe"
fi

# Ctrl-A x, typed at once: the kernel does not listen yet.
: >"$scratch/err"
printf '\001x' | timeout 900 script -qec "$vmm -k $kernel" /dev/null >"$scratch/out"
status=$?
[ $status -eq 0 ] && grep -aq 'Ctrl-A x ends' "$scratch/out"
verdict "Ctrl-A x on a terminal ends vmm"

# Debian 13's kernel, if the lab has fetched it.
other=$here/../build/lab/kernels/6.12
if [ -e "$other/version" ] && [ "$(cat "$other/version")" != "$version" ]; then
	kernel=$other/vmlinuz version=$(cat "$other/version") boots_whole
fi

for test in setjmp idt_test smptest realmode ioapic eventinj hypercall lam; do
	if [ -e "${KVM_UNIT_TESTS:-}/x86/$test.flat" ]; then
		run /dev/null -c 4 -k "$KVM_UNIT_TESTS/x86/$test.flat"
		[ $status -eq 0 ] && grep -aq '^PASS' "$scratch/out" && ! grep -aq '^FAIL' "$scratch/out"
		verdict "kvm-unit-tests: $test"
	fi
done

done_all
