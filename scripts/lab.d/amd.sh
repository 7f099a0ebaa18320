# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with scripts/lab
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Owns the AMD machine: QEMU's TCG emulates a processor with SVM and nested
# paging; the caller's files come in over 9p.

amd_mem=4096 amd_boot_timeout=60 amd_signal=TERM
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

# Replaces this (sub)shell by the machine. fd 3 is the caller's standard input.
amd_exec() {
	local append clock=() tty=() accel=tcg
	# With a thread for each processor, QEMU 7.2 now and then stands still for good when a guest
	# of the guest runs; one thread takes turns with them.
	[ "$cpus" = 1 ] || accel=tcg,thread=single
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
	exec setpriv --pdeathsig KILL qemu-system-x86_64 -accel "$accel" -cpu max -smp "$cpus" -m "$mem" \
		"${clock[@]}" -nodefaults -no-user-config -display none -vga none -net none -no-reboot \
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
