# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with scripts/lab
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Owns build/lab/kernels/: Debian's kernels, fetched as packages and unpacked,
# never installed.

# Series, Debian suite that ships it, its meta package.
kernel_series='
5.10	bullseye	linux-image-amd64
6.1	bookworm	linux-image-amd64
6.12	trixie	linux-image-amd64
7.2	forky	linux-image-amd64
'

# Sets kernel_dir, kernel_version, kernel_image and kernel_modules for SERIES.
kernel_get() {
	local series=$1
	kernel_dir=$cache/kernels/$series
	mkdir -p "$cache/kernels"
	[ -e "$kernel_dir/version" ] || kernel_fetch "$series"
	kernel_version=$(<"$kernel_dir/version")
	kernel_image=$kernel_dir/vmlinuz
	kernel_modules=$kernel_dir/root/lib/modules/$kernel_version
}

# The series of the suite that this machine runs.
kernel_default() {
	local codename
	# shellcheck source=/dev/null
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
	awk -v suite="$codename" '$2 == suite { print $1; found = 1 }
		END { if (!found) print "6.1" }' <<<"$kernel_series"
}

kernel_fetch() {
	local series=$1 suite meta image package tmp
	read -r suite meta < <(awk -v s="$series" '$1 == s { print $2, $3 }' \
		<<<"$kernel_series") ||
		usage_error "--kernel $series: not a kernel that the lab knows; try one of:" \
			"$(awk 'NF { printf "%s ", $1 }' <<<"$kernel_series")"
	tmp=$(mktemp -d "$cache/kernels/.$series.XXXXXX")
	scratch+=("$tmp")
	kernel_apt_setup "$suite" "$tmp"
	image=$(apt-cache "${apt_options[@]}" depends --important "$meta" 2>/dev/null |
		awk '$1 == "Depends:" && $2 ~ /^linux-image-[0-9]/ { print $2; exit }') || true
	[ -n "$image" ] || fail "finding the kernel of Debian $suite" \
		"apt knows no package that $meta depends on" "run 'apt-get update' and try again"
	mkdir "$tmp/debs" "$tmp/root"
	for package in "$image" $(kernel_parts "$image"); do
		progress "fetching $package"
		(cd "$tmp/debs" && apt-get "${apt_options[@]}" -q download "$package" \
			>"$tmp/apt.log" 2>&1) || fail "fetching $package" \
			"$(tail -n 1 "$tmp/apt.log")" "check the network and 'apt-get update'"
	done
	progress "unpacking $image"
	kernel_unpack "$tmp"
	rm -rf "$kernel_dir" "$tmp/debs" "$tmp/apt" "$tmp/apt.log"
	mv -T "$tmp" "$kernel_dir"
}

# Sets apt_options so that apt speaks about SUITE. Another suite than the
# machine's own gets a private configuration which names the machine's mirror.
kernel_apt_setup() {
	local suite=$1 dir=$2/apt site
	apt_options=()
	# shellcheck disable=SC2016 # apt's own $()
	if apt-get indextargets --format '$(CODENAME)' 2>/dev/null | grep -qx "$suite"; then
		return
	fi
	# shellcheck disable=SC2016 # likewise
	site=$(apt-get indextargets --format '$(SITE)' "Label: Debian" 2>/dev/null |
		head -n 1) || true
	[ -n "$site" ] || fail "finding a Debian mirror" \
		"apt-get indextargets names none" "run 'apt-get update' and try again"
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/parts"
	echo "deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
		"$site $suite main" >"$dir/sources.list"
	apt_options=(-o "Dir::Etc::sourcelist=$dir/sources.list" -o "Dir::Etc::sourceparts=$dir/parts"
		-o "Dir::Etc::preferencesparts=$dir/parts" -o "Dir::State::lists=$dir/lists"
		-o "Dir::Cache=$dir/cache" -o "Acquire::Languages=none" -o "APT::Architecture=amd64"
		-o "Dir::State::status=/dev/null")
	progress "reading Debian $suite's package list"
	apt-get "${apt_options[@]}" -q update >"$dir/update.log" 2>&1 ||
		fail "reading Debian $suite's package list" "$(tail -n 1 "$dir/update.log")" \
			"check the network"
}

# From 7.x on Debian ships the image and the modules in packages of their own.
kernel_parts() {
	apt-cache "${apt_options[@]}" depends --important "$1" |
		awk '$1 == "Depends:" && $2 ~ /^linux-(binary|modules)-[0-9]/ { print $2 }'
}

# Unpacks DIR/debs into DIR/root, makes lib/modules complete, links vmlinuz.
kernel_unpack() {
	local dir=$1 deb version image
	for deb in "$dir"/debs/*.deb; do
		dpkg-deb -x "$deb" "$dir/root"
	done
	# Newer packages have merged /usr; modprobe -d wants ROOT/lib.
	[ -e "$dir/root/lib" ] || ln -s usr/lib "$dir/root/lib"
	version=$(basename "$(echo "$dir"/root/lib/modules/*)")
	for image in "boot/vmlinuz-$version" "lib/modules/$version/vmlinuz"; do
		[ -e "$dir/root/$image" ] && ln -sfn "root/$image" "$dir/vmlinuz"
	done
	[ -e "$dir/vmlinuz" ] || fail "unpacking the kernel" \
		"the packages hold no vmlinuz" "report this with the output of 'apt-cache policy'"
	PATH=$PATH:/usr/sbin:/sbin depmod -b "$dir/root" "$version" 2>/dev/null
	echo "$version" >"$dir/version"
}

# Prints the module files that MODULE... need, in load order, each once.
kernel_module_files() {
	local module
	for module in "$@"; do
		# A module that is built in is fine, and 7.2 has no list of those;
		# init looks whether what matters is there.
		{ PATH=$PATH:/usr/sbin:/sbin modprobe -d "$kernel_dir/root" -S "$kernel_version" \
			--show-depends "$module" 2>/dev/null || true; } | awk '$1 == "insmod" { print $2 }'
	done | awk '!seen[$0]++'
}

# Builds an initrd with VENDOR's modules, once per content; sets initrd.
initrd_get() {
	local modules=${1}_modules late=${1}_late_modules key dir
	key=$(cat "$lab_d/init" "$lab_d/kernel.sh" "$kernel_dir/version" "$(command -v busybox)" \
		- <<<"${!modules} / ${!late}" | sha256sum | cut -c 1-16)
	initrd=$cache/initrd-$1-$kernel_version-$key
	[ -e "$initrd" ] && return
	progress "building the initrd"
	rm -f "$cache/initrd-$1-$kernel_version-"*
	dir=$(mktemp -d "$cache/.initrd.XXXXXX")
	scratch+=("$dir")
	mkdir -p "$dir"/root/{bin,sbin,dev,proc,sys,modules,lower,over,new}
	cp "$(command -v busybox)" "$dir/root/bin/busybox"
	install -m 755 "$lab_d/init" "$dir/root/init"
	# shellcheck disable=SC2086 # lists of words
	{
		copy_modules "$dir/root/modules" order ${!modules}
		copy_modules "$dir/root/modules" late ${!late}
	}
	(cd "$dir/root" && find . | cpio -o -H newc -R 0:0 --quiet) >"$dir/cpio"
	mv "$dir/cpio" "$initrd"
	rm -rf "$dir"
}

# Copies MODULE... into TO, plain, for Bochs unsigned: half of the loading time
# there is the checksum. Writes their load order into the file ORDER there.
copy_modules() {
	local to=$1 order=$2 file name
	shift 2
	kernel_module_files "$@" | while read -r file; do
		name=$(basename "${file%.xz}")
		case $file in
		*.xz) xz -dc "$file" >"$to/$name" ;;
		*) cp "$file" "$to/$name" ;;
		esac
		[ "$vendor" = amd ] || module_unsign "$to/$name"
		echo "$name"
	done >"$to/$order"
}

# A signed module ends in: signature, 12 bytes whose last four are the
# signature's size (big-endian), a line of text.
module_unsign() {
	local text='~Module signature appended~' size length
	[ "$(tail -c 28 "$1" | tr -d '\0')" = "$text" ] || return 0
	size=$(stat -c %s "$1")
	length=$((16#$(od -An -tx1 -j $((size - 32)) -N 4 "$1" | tr -d ' ')))
	truncate -s $((size - 28 - 12 - length)) "$1"
}
