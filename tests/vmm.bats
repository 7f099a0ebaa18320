#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# build/vmm as a command, as far as it goes on a machine without KVM: what it says of itself, and
# of mistakes. The guests run in tests/lab-vmm.sh.

setup() {
	vmm=${BATS_TEST_DIRNAME}/../build/vmm
	nm=$(command -v nm || true)
	scratch=$(mktemp -d)
}

teardown() {
	rm -rf "$scratch"
}

# complains STATUS TEXT ARGS...: vmm says one line with TEXT on standard error, nothing else.
complains() {
	local status=$1 text=$2 out err got=0
	shift 2
	out=$("$vmm" "$@" 2>"$scratch/err") || got=$?
	err=$(cat "$scratch/err")
	echo "vmm $*: status $got, $err"
	[ "$got" -eq "$status" ]
	[ -z "$out" ]
	[ "$(wc -l <"$scratch/err")" -eq 1 ]
	[[ $err == "vmm: "*"$text"* ]]
}

@test "vmm --help" {
	run "$vmm" --help
	[ "$status" -eq 0 ]
	diff <(echo "$output") - <<'END'
usage: vmm [options] GUEST [ARG] [+ GUEST [ARG]]...
       vmm [options] -k FILE

Runs GUEST in a KVM virtual machine. GUEST is one of 'vmm --list', or the path
of a kernel (Linux bzImage, Multiboot, PVH, ELF), which gets a PC, or of a flat
16-bit image, which is started at 0x1000. ARG, a number, is in its EAX. Guests
with a lone + between them run at once, each in a VM of its own. The guest's
serial port is standard output and, on a PC, standard input; on a terminal
Ctrl-A x ends vmm.

  -k, --kernel FILE  the same as FILE in place of GUEST
  -i, --initrd FILE  the kernel's initial RAM disk, or module
  -p, --cmdline TEXT the kernel's command line
  -m, --mem SIZE     memory of each VM (1M to 64G, default 16M, of a pc 512M)
  -c, --cpus N       vCPUs of each VM (1 to 64, default 1)
  -d, --disk FILE[,ro]
                     a disk: a raw image; with ,ro the guest may only read it
  -n, --net tap=NAME[,model=MODEL]
                     a network card on a host's TAP; virtio (default) or e1000
  -s, --seccomp on|off|log
                     refuse system calls that vmm does not need (default on)
  -v, --verbose      at the end, say on standard error how many exits there were
  -l, --list         name the guests that are inside vmm
  -P, --probe        say what this host's KVM offers, and whether vmm can use it
  -h, --help         print this
  -V, --version      print the version

exit status: that of the guest (0 when it halts; the largest, of several), or
  2                  the command line asks for what cannot be had
  123                the guest's Linux panicked, and restarted for that
  124                a vCPU cannot go on: no entry, internal error, unknown exit
  125                no machine: no KVM, a request refused, output not written
  126                the guest crashed: triple fault
  128+N              signal N ended vmm: 130 by SIGINT, 143 by SIGTERM

  vmm hello                  vmm --cpus 2 storm 1000
  vmm -v hello + storm       scripts/lab -- build/vmm hello
  vmm -k /boot/vmlinuz-6.1.0-44-amd64 -i initrd.img -p quiet -c 4 -m 1G
END
}

@test "what vmm prints fits into 80 columns" {
	for option in --help --list --probe; do
		# without KVM there is nothing to probe
		[ $option != --probe ] || [ -e /dev/kvm ] || continue
		run "$vmm" $option
		[ -n "$output" ]
		[ -z "$(grep -E '.{81}' <<<"$output")" ]
	done
}

@test "vmm --list names every guest that has a source" {
	run "$vmm" --list
	[ "$status" -eq 0 ]
	diff <(awk '{ print $1 }' <<<"$output" | sort) \
		<(cd "$BATS_TEST_DIRNAME/../vmm/guests" && ls | sed -n 's/\.lds\.S$//;t;s/\.S$//p' | sort)
}

@test "vmm --version" {
	run "$vmm" --version
	[ "$status" -eq 0 ]
	[[ $output =~ ^vmm\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "help that cannot be written is a failure" {
	run "$vmm" --help >/dev/null
	[ "$status" -eq 0 ]
	run bash -c '"$1" --help >/dev/full' bash "$vmm"
	[ "$status" -ne 0 ]
}

@test "usage errors" {
	complains 2 "no guest; name one"
	complains 2 "--what: no such option" --what hello
	complains 2 "-x: no such option" -x hello
	complains 2 "--mem: a value is missing" hello --mem
	complains 2 "--list: takes no value" --list=1
	complains 2 "--mem 12Q: not a size" --mem 12Q hello
	complains 2 "--mem 512K: out of bounds" --mem 512K hello
	complains 2 "--mem 65G: out of bounds" --mem 65G hello
	complains 2 "--cpus 0: out of bounds" --cpus 0 hello
	complains 2 "+: not in its place" hello +
	complains 2 "storm x: not a number" storm x
	complains 2 "storm 4294967296: not a number of 32 bits" storm 4294967296
	complains 2 "hello takes no argument" hello 3
	complains 2 "--seccomp maybe: not known; give on, off or log" --seccomp maybe hello
	complains 2 "there is a guest already, --kernel hello" -k hello hello
	complains 2 "--cmdline is for kernels" -p quiet hello
	complains 2 "--disk is for kernels" -d /dev/null hello
	complains 2 "a TAP's name is missing" -n model=virtio hello
	complains 2 "model 'ne2000' is not known; it is virtio or e1000" -n tap=a,model=ne2000 hello
}

@test "a guest that is none" {
	complains 2 "did you mean 'hello'?" helo
	complains 2 "'vmm --list' names the guests" nothing-like-it
	complains 2 "no such file" ""
}

@test "an image that is none" {
	: >"$scratch/empty"
	head -c 61441 /dev/zero >"$scratch/large"
	mkfifo "$scratch/fifo"
	complains 2 "the file is empty" "$scratch/empty"
	complains 2 "no loader knows this format" "$scratch/large"
	complains 2 "Is a directory" "$scratch"
	complains 2 "the file is empty" "$scratch/fifo"
	[ "$(id -u)" -ne 0 ] || return 0
	chmod 0 "$scratch/empty"
	complains 2 "Permission denied" "$scratch/empty"
}

@test "no KVM" {
	[ ! -e /dev/kvm ] || skip "this machine has /dev/kvm"
	complains 125 "scripts/lab -- build/vmm hello" hello
	run "$vmm" --probe
	[ "$status" -eq 125 ]
	[[ $output == "host "*"/dev/kvm: "*"scripts/lab -- build/vmm hello"* ]]
}

@test "every step of the walk is a function that a tracer finds" {
	[ -n "$nm" ] || skip "no nm"
	"$nm" "$vmm" >"$scratch/symbols"
	for f in machine_init vm_create memory_add_slot guest_load vcpu_new vcpu_thread vcpu_create \
		vcpu_set_cpuid pc_create pc_vcpu_setup firmware_write vcpu_load_registers vcpu_run vcpu_exec vcpu_enter vcpu_wait \
		handle_io handle_mmio handle_halt handle_shutdown handle_internal_error \
		handle_fail_entry handle_unknown serial_in serial_out post_out exit_out \
		teach_mmio_read teach_mmio_write echo_in echo_out virtio_mmio_read virtio_mmio_write virtio_doorbell \
		virtio_blk_request virtio_net_receive virtio_net_transmit virtio_rng_request tap_open machine_release vm_release vcpu_release; do
		echo "$f"
		# One, global, whole: no .isra, .part, .constprop or .cold beside it.
		[ "$(grep -cE " $f(\..*)?$" "$scratch/symbols")" -eq 1 ]
		grep -q " T $f$" "$scratch/symbols"
	done
}

@test "docs: the page of the e1000 lists its registers as they are" {
	rows=$(sed -nE 's/^E1000_REG\((\w+), *(0x[0-9a-f]+), *([0-9]+),.*"(.*)"\)$/\1 \2 \3 \4/p' \
		vmm/devices/e1000_regs.def | while read -r name offset cnt meaning; do
		[ "$cnt" = 1 ] || offset+=$(printf '–%04x' $((offset + 4 * cnt - 4)))
		echo "| \`$name\` | $offset | $meaning |"
	done)
	[ "$(grep -c ^ <<<"$rows")" = "$(grep -c '^E1000_REG' vmm/devices/e1000_regs.def)" ]
	[ "$(grep '^| `[A-Z0-9_]*` | 0x' docs/devices/e1000.md)" = "$rows" ]
}
