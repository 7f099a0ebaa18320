# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with scripts/lab
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Owns what is carried into the Intel machine, which cannot see the caller's
# files: an archive of common tools, kept, and one of the command's own files.

# Installed ones of these are carried whole, without their documentation.
carry_packages='base-files base-passwd bash bats bpftool bsdutils coreutils dash diffutils
	findutils gawk grep gzip hostname iproute2 jq kmod less libc-bin mawk mount ncurses-base
	ncurses-bin procps python3-minimal python3.*-minimal libpython3.*-minimal
	libpython3.*-stdlib sed strace tar util-linux'
# Files that no package owns, or one that is not carried.
carry_etc='/usr/bin/awk /usr/bin/which /etc/passwd /etc/group /etc/hosts /etc/nsswitch.conf /etc/ld.so.cache
	/etc/ld.so.conf /etc/os-release'
# Kernel modules worth having there; the rest of Debian's are 300 MB.
carry_modules='kvm kvm_intel tun dummy veth loop'

# Above this size a file must be named to be carried: a recording, an image, a core file.
carry_limit=16M

# Folders below build/ that stay here unless they are named: the lab's own, and what `make check` and
# scripts/bench leave, which would fill the machine's memory.
carry_not=(lab san fuzz bench)

# Makes stage, an empty root with this machine's links at its top (/bin).
stage_new() {
	local dir
	stage=$(mktemp -d "$cache/.stage.XXXXXX")
	scratch+=("$stage")
	for dir in /bin /sbin /lib /lib64; do
		[ ! -L "$dir" ] || cp -a "$dir" "$stage$dir"
	done
	mkdir -p "$stage"/{usr/bin,usr/sbin,usr/lib,usr/lib64,proc,sys,dev,tmp,root,run}
}

# Copies the absolute paths on standard input into the stage: as they are, and
# what they link to.
stage_copy() {
	local all=$run/copy.all new=$run/copy.new
	merge_usr | sort -u >"$new"
	: >"$all"
	while [ -s "$new" ]; do
		sort -u -o "$all" "$all" "$new"
		{ tr '\n' '\0' <"$new" | xargs -0 -r sh -c 'find "$@" -maxdepth 0 -type l \
			\( -lname "/*" -printf "%l\n" -o -printf "%h/%l\n" \) 2>/dev/null' - || true; } |
			tr '\n' '\0' | xargs -0 -r realpath -sm -- | merge_usr | sort -u |
			comm -13 "$all" - >"$new.next"
		mv "$new.next" "$new"
	done
	sed 's#^/##' "$all" | tr '\n' '\0' |
		tar -C / -cf - --ignore-failed-read --warning=none --no-recursion --null -T - |
		tar -C "$stage" -xf - --keep-directory-symlink --skip-old-files
}

# /bin/sh is /usr/bin/sh where /bin is a link.
merge_usr() {
	if [ -L /bin ]; then
		sed -E 's#^/(bin|sbin|lib|lib64)/#/usr/\1/#'
	else
		cat
	fi
}

# Adds to the programs on standard input the interpreter that their first line
# names, their dynamic linker and their shared libraries, and so on for those.
with_needs() {
	local all=$run/needs.all new=$run/needs.new found=$run/needs.found
	sort -u >"$new"
	: >"$all"
	while [ -s "$new" ]; do
		sort -u -o "$all" "$all" "$new"
		{
			script_needs <"$new"
			elf_needs <"$new"
		} | merge_usr | sort -u >"$found"
		comm -13 <(merge_usr <"$all" | sort -u) "$found" >"$new"
	done
	cat "$all"
}

script_needs() {
	local path mark words
	while read -r path; do
		mark=''
		[ ! -f "$path" ] || [ ! -x "$path" ] || LC_ALL=C read -r -n 2 mark <"$path" || true
		[ "$mark" = '#!' ] || continue
		read -r -a words <"$path"
		words[0]=${words[0]#\#!}
		[ -n "${words[0]}" ] || words=("${words[@]:1}")
		echo "${words[0]}"
		[[ ${words[0]} != */env ]] || type -P -- "${words[1]-}" || true
	done 2>/dev/null
}

# readelf and the linker's cache, because ldd runs a shell and the program for
# each of some hundred files.
elf_needs() {
	local path
	while read -r path; do
		[ ! -f "$path" ] || ! [[ -x $path || $path == *.so* ]] || printf '%s\0' "$path"
	done | { xargs -0 -r readelf -ldW /dev/null 2>/dev/null || true; } |
		awk -v cache="$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p)" '
		BEGIN {
			n = split(cache, row, "\n")
			for (i = 1; i <= n; i++)
				if (row[i] ~ /x86-64/ && split(row[i], f, " ") && !(f[1] in where)) {
					sub(/.* => /, "", row[i])
					where[f[1]] = row[i]
				}
		}
		function inside(text) {
			gsub(/.*\[|\].*/, "", text)
			return text
		}
		/^File: / { folder = substr($0, 7); sub("/[^/]*$", "", folder); n = 0 }
		/Requesting program interpreter/ { sub(/.*: /, ""); sub(/\]$/, ""); print }
		/\(NEEDED\)/ { name = inside($0); if (name in where) print where[name]; else lost[n++] = name }
		/\((RPATH|RUNPATH)\)/ {
			paths = inside($0)
			gsub(/\$ORIGIN|\$\{ORIGIN\}/, folder, paths)
			k = split(paths, path, ":")
			for (i = 1; i <= k; i++)
				for (j = 0; j < n; j++)
					print path[i] "/" lost[j]
		}' | while read -r path; do
		[ ! -e "$path" ] || echo "$path"
	done
}

# The archive of common tools, built once per set of package versions; sets
# tools_archive.
carry_tools() {
	local versions key
	# shellcheck disable=SC2086 # a list of patterns
	versions=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n' $carry_packages \
		2>/dev/null | awk '$1 ~ /^.i/ { print $2, $3 }') || true
	key=$(cat "$lab_d/carry.sh" "$kernel_dir/version" - <<<"$versions" | sha256sum | cut -c 1-16)
	tools_archive=$cache/tools-$kernel_version-$key
	[ -e "$tools_archive" ] && return
	rm -f "$cache/tools-$kernel_version-"*
	progress "collecting the tools to carry in"
	stage_new
	{
		# shellcheck disable=SC2046 # package names
		dpkg -L $(awk '{ print $1 }' <<<"$versions") |
			grep -Ev '^/usr/share/(doc|man|locale|info|lintian)|/\.$|^$|^/(usr/)?lib(32|64)?$'
		tr -s ' \t\n' '\n' <<<"$carry_etc"
	} | tools_only | with_needs | stage_copy
	carry_module_tree
	stage_archive tools "$tools_archive"
}

# Leaves out folders (they come with their files) and what leads nowhere.
tools_only() {
	local path
	while read -r path; do
		[ ! -f "$path" ] || echo "$path"
	done
}

carry_module_tree() {
	local to=$stage/usr/lib/modules/$kernel_version file
	[ -L "$stage/lib" ] || to=$stage/lib/modules/$kernel_version
	mkdir -p "$to"
	# shellcheck disable=SC2086 # a list of names
	kernel_module_files $carry_modules | while read -r file; do
		file=${file#"$kernel_dir"/root/lib/modules/"$kernel_version"/}
		(cd "$kernel_modules" && cp --parents "$file" "$to/")
	done
	cp "$kernel_modules"/modules.* "$to/"
}

# The command's own files, for this run; sets files_archive.
carry_files() {
	local name not=(-path ./.git)
	for name in "${carry_not[@]}"; do not+=(-o -path "./build/$name"); done
	files_archive=$run/files
	stage_new
	(
		cd "$project" || exit
		find . \( "${not[@]}" -o -path './build/*.[od]' \) -prune -o \
			-type f -size "-$carry_limit" -print0 -o -type l -print0 -o \
			-type d -empty -print0 |
			# another lab writes below build/ meanwhile: a file that is gone, or has grown, stops nothing
			tar -cf - --ignore-failed-read --warning=none --no-recursion --null -T - || [ $? = 1 ]
	) | (mkdir -p "$stage$project" && tar -C "$stage$project" -xf -)
	{
		(
			cd "$project" || exit
			find ./build \( "${not[@]}" \) -prune -o -type f -perm -u+x ! -name '*.o' -print0 |
				xargs -0 -r realpath -s --
		)
		for file in "${carry[@]}"; do
			carry_named "$file"
		done
		carry_words
	} | sort -u | with_needs | stage_copy
	mkdir -p "$stage$PWD" "$stage$run" "$stage$build"
	cp "$run/job" "$stage$run/job"
	[ ! -e "$run/stdin" ] || cp "$run/stdin" "$stage$run/stdin"
	stage_archive files "$files_archive"
}

# What --carry names: a program, a file, or a folder with all that is in it.
carry_named() {
	local path
	if path=$(command -v -- "$1") && [[ $path == /* ]]; then
		echo "$path"
	elif [ -e "$1" ]; then
		find "$(realpath -s -- "$1")"
	else
		fail "carrying $1" "no such file or program" "check the name"
	fi
}

# Every word of the command that names a file or a program here, and the same
# for the scripts that it names.
carry_words() {
	local word
	printf '%s\n' "${command[@]}" | words_of | while read -r word; do
		word_path "$word"
	done | sort -u | while read -r word; do
		echo "$word"
		if [ "$(head -c 2 "$word" 2>/dev/null | tr -d '\0')" = '#!' ]; then
			grep -v '^[[:space:]]*#' "$word" | words_of | while read -r word; do
				word_path "$word"
			done
		fi
	done
}

words_of() {
	tr -cs 'A-Za-z0-9_./+@:,-' '\n' | sort -u | grep -v '^[-.:,0-9]*$' || true
}

word_path() {
	if [[ $1 == */* ]]; then
		[ ! -f "$1" ] || realpath -s -- "$1"
	else
		[ ! -f "$1" ] || realpath -s -- "$1"
		type -P -- "$1" || true
	fi
}

# Turns the stage into archive $2, for the kernel to unpack at /lower/$1, in
# whole sectors.
stage_archive() {
	mkdir -p "$stage.up/lower"
	scratch+=("$stage.up")
	mv "$stage" "$stage.up/lower/$1"
	chmod 755 "$stage.up/lower/$1"
	(cd "$stage.up" && find lower | cpio -o -H newc -R 0:0 --quiet) >"$2.new"
	truncate -s %512 "$2.new"
	mv "$2.new" "$2"
	rm -rf "$stage.up"
}
