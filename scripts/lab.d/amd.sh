# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with scripts/lab
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Owns the AMD machine: QEMU's TCG emulates a processor with SVM and nested
# paging; the caller's files come in over 9p.

amd_mem=4096 amd_boot_timeout=240 amd_signal=TERM
amd_packages='qemu-system-x86 busybox-static cpio kmod xz-utils'
amd_programs='qemu-system-x86_64 busybox cpio modprobe'

amd_late_modules=''
amd_modules='virtio_pci virtio_console 9pnet_virtio 9p overlay irqbypass kvm ccp kvm-amd tun'

# What all its runs share.
amd_prepare_cache() {
	initrd_get amd
	ln "$initrd" "$run/initrd"
}

# What this run needs besides.
amd_prepare() { :; }

# The processor that idled most for a tenth of a second, of those that this process may use.
idlest_cpu() {
	{ cat /proc/stat; sleep 0.1; cat /proc/stat; } |
		awk '/^cpu[0-9]/ { if ($1 in was) print $5 - was[$1], substr($1, 4); was[$1] = $5 }' |
		sort -rn | while read -r _ cpu; do
			taskset -c "$cpu" true 2>/dev/null && echo "$cpu" && break
		done
}

# Replaces this (sub)shell by the machine. fd 3 is the caller's standard input.
# All threads of QEMU share one processor, so that they never run at the same time: at VMRUN and
# #VMEXIT QEMU 7.2 changes the word of pending interrupts without a lock, and a timer interrupt that
# its other thread raised in that moment was lost. A machine that was idle then never woke.
amd_exec() {
	local append clock=() tty=()
	append="console=ttyS0 quiet mitigations=off panic=-1 tsc=reliable no_timer_check"
	append+=" raid=noautodetect cryptomgr.notests random.trust_cpu=on audit=0 apparmor=0"
	append+=" lab.vendor=amd lab.job=$(cmdline_quote "$run/job")"
	append+=" lab.build=$(cmdline_quote "$build")"
	append+=" lab.modules=$(cmdline_quote "$kernel_modules")"
	if [ -n "$interactive" ]; then
		tty=(-chardev "stdio,id=tty,signal=off" -device "virtconsole,chardev=tty,nr=4")
		append+=" lab.tty=1"
	fi
	[ -z "$icount" ] || clock=(-icount "shift=0,sleep=off")
	exec setpriv --pdeathsig KILL taskset -c "$(idlest_cpu)" qemu-system-x86_64 \
		-accel tcg,thread=single -cpu max -smp "$cpus" -m "$mem" "${clock[@]}" -nodefaults \
		-no-user-config -display none -vga none -net none -no-reboot \
		-chardev "file,id=console,path=$run/console.log" -serial chardev:console \
		-device virtio-serial-pci \
		-chardev "file,id=out,path=$run/out" -device "virtserialport,chardev=out,nr=1" \
		-chardev "file,id=err,path=$run/err" -device "virtserialport,chardev=err,nr=2" \
		-chardev "file,id=ctl,path=$run/ctl" -device "virtserialport,chardev=ctl,nr=3" \
		"${tty[@]}" -kernel "$kernel_image" -initrd "$run/initrd" -append "$append $extra_append" \
		-virtfs "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap" \
		-virtfs "local,path=${build//,/,,},mount_tag=build,security_model=none,multidevs=remap" \
		<&3 >"$run/machine.log" 2>&1
}

# QEMU leaves by itself at power-off.
amd_ended() { :; }
