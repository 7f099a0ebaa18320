# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with scripts/lab
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Owns the Intel machine: Bochs emulates a processor with VMX and EPT; what the
# command needs is carried in as parts of the initrd, what it leaves below
# build/ comes out on a disk.

# Bochs takes its time over SIGTERM, and has nothing to save.
intel_mem=1024 intel_boot_timeout=900 intel_signal=KILL
intel_packages='bochs bochs-term bochsbios vgabios bsdutils binutils busybox-static cpio kmod
	xz-utils zstd'
intel_programs='bochs script as ld objcopy busybox cpio modprobe xz zstd'

intel_modules='overlay irqbypass kvm kvm-intel tun'
# Every module costs Bochs a good part of a second or more: these only when
# there are results.
intel_late_modules='ata_piix sd_mod'
results_mb=2048

intel_prepare_cache() {
	initrd_get intel
	carry_tools
	system_disk_get
	# Bochs also leaves its locks beside the names it is given.
	ln "$system_disk" "$run/system.img"
}

intel_prepare() {
	progress "collecting the command's files"
	carry_files
	boot_disk_make
	truncate -s "${results_mb}M" "$run/results.img"
	truncate -s %516096 "$run/results.img"
	bochsrc >"$run/bochsrc"
	echo c >"$run/bochs.rc"
}

# The second disk: the kernel, decompressed, then the initrd and the tools, each
# from a whole sector; sets system_disk, kernel_sectors, kernel_entry
# and initrd_sectors.
system_disk_get() {
	local tmp flat=$kernel_dir/flat shape=$kernel_dir/flat.shape
	if ! [ -e "$shape" ]; then
		progress "decompressing the kernel"
		tmp=$(mktemp -d "$cache/.kernel.XXXXXX")
		scratch+=("$tmp")
		kernel_payload >"$tmp/vmlinux"
		# From its first loaded byte on, which belongs at 16 MB.
		objcopy -O binary "$tmp/vmlinux" "$tmp/flat" 2>"$run/objcopy.log" ||
			fail "decompressing $kernel_image" "$(tail -n 1 "$run/objcopy.log")" "report this"
		truncate -s %512 "$tmp/flat"
		mv "$tmp/flat" "$flat"
		echo $(($(stat -c %s "$flat") / 512)) \
			"$(od -An -tu8 -j 24 -N 8 "$tmp/vmlinux")" >"$tmp/shape"
		mv "$tmp/shape" "$shape"
	fi
	read -r kernel_sectors kernel_entry <"$shape"
	initrd_sectors=$((($(stat -c %s "$initrd") + 511) / 512 + $(stat -c %s "$tools_archive") / 512))
	system_disk=$initrd-${tools_archive##*-}.system
	[ -e "$system_disk" ] && return
	rm -f "$cache/initrd-intel-$kernel_version-"*.system
	{
		cat "$flat" "$initrd"
		head -c $((-$(stat -c %s "$initrd") & 511)) /dev/zero
		cat "$tools_archive"
	} >"$system_disk.$$"
	truncate -s %516096 "$system_disk.$$"
	mv "$system_disk.$$" "$system_disk"
}

# The kernel proper out of a bzImage, see Documentation/arch/x86/boot.rst: the
# header tells where the payload is; its last four bytes are its size.
kernel_payload() {
	local setup offset length magic
	setup=$(image_field 0x1f1 1)
	offset=$(image_field 0x248 4)
	length=$(image_field 0x24c 4)
	offset=$(((setup + 1) * 512 + offset))
	magic=$(od -An -tx1 -j "$offset" -N 4 "$kernel_image" | tr -d ' ')
	dd if="$kernel_image" bs=64K iflag=skip_bytes,count_bytes skip="$offset" \
		count=$((length - 4)) status=none |
		case $magic in
		fd377a58) xz -dc ;;
		28b52ffd) zstd -dc ;;
		1f8b*) gzip -dc ;;
		*) fail "decompressing $kernel_image" "its payload starts with $magic" "report this" ;;
		esac
}

image_field() {
	od -An "-tu$2" -j "$(($1))" -N "$2" "$kernel_image" | tr -d ' '
}

# The first disk: boot sector, kernel command line, and from FILES_LBA on the
# command's files.
boot_disk_make() {
	local files_lba=64 files_sectors
	files_sectors=$(($(stat -c %s "$files_archive") / 512))
	printf %s "console=ttyS0 quiet mitigations=off nokaslr tsc=reliable lpj=100000" \
		" no_timer_check nosmp raid=noautodetect audit=0 apparmor=0 random.trust_cpu=on" \
		" cryptomgr.notests panic=0 lab.vendor=intel lab.job=$(cmdline_quote "$run/job")" \
		" lab.build=$(cmdline_quote "$build") $extra_append" >"$run/command_line"
	as -I "$run" -o "$run/loader.o" --defsym KERNEL_SECTORS="$kernel_sectors" --defsym KERNEL_ENTRY="$kernel_entry" \
		--defsym INITRD_SECTORS="$initrd_sectors" --defsym FILES_SECTORS="$files_sectors" \
		--defsym FILES_LBA="$files_lba" --defsym MEMORY=$((mem * 1048576)) "$lab_d/loader.S"
	ld -Ttext 0x7c00 --oformat binary -o "$run/boot.img" "$run/loader.o"
	truncate -s $((files_lba * 512)) "$run/boot.img"
	cat "$files_archive" >>"$run/boot.img"
	truncate -s %516096 "$run/boot.img"
	rm "$files_archive"
}

bochsrc() {
	cat <<END
display_library: term
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
vga: extension=none, update_freq=1
megs: $mem
cpu: model=corei7_haswell_4770, count=1, ips=50000000, reset_on_triple_fault=0
clock: sync=none
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=disk, path="$run/boot.img", mode=flat
ata0-slave: type=disk, path="$run/system.img", mode=flat
ata1: enabled=1, ioaddr1=0x170, ioaddr2=0x370, irq=15
ata1-master: type=disk, path="$run/results.img", mode=flat
boot: disk
com1: enabled=1, mode=file, dev="$run/console.log"
com2: enabled=1, mode=file, dev="$run/out"
com3: enabled=1, mode=file, dev="$run/err"
com4: enabled=1, mode=file, dev="$run/ctl"
sound: driver=dummy
speaker: enabled=0
log: "$run/machine.log"
panic: action=fatal
error: action=ignore
info: action=ignore
debug: action=ignore
END
}

# Bochs draws on a terminal, so script gives it one that nobody sees, and keys
# that nobody presses. Where /dev was bound without what is mounted below it, as in many a chroot,
# there are no terminals to be had: then in a mount namespace of its own.
intel_exec() {
	local namespace=()
	mkfifo "$run/keys"
	[ -e /dev/pts/ptmx ] || namespace=(unshare --mount --propagation unchanged sh -c '
		{ mount --make-private /dev || mount --make-private /; } 2>/dev/null &&
		mount -t devpts -o newinstance,ptmxmode=0666 devpts /dev/pts && exec "$@"' sh)
	exec "${namespace[@]}" setpriv --pdeathsig KILL script -qefc \
		"exec setpriv --pdeathsig KILL bochs -f $(shell_quote "$run/bochsrc") -rc $(shell_quote "$run/bochs.rc")" \
		/dev/null <>"$run/keys" >"$run/screen.log" 2>&1
}

# Bochs stays on after power-off: end it, then take what is below build/.
intel_ended() {
	machine_kill
	wait "$machine_pid" 2>/dev/null || true
	if [ "$(head -c 1 "$run/results.img" | tr -d '\0')" ]; then
		tar -C "$build" --warning=no-timestamp -xf "$run/results.img" ||
			fail "taking out what ${command[0]} wrote below build/" "tar failed" "see above"
	fi
}
