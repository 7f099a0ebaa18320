# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The exits that a card's registers cost, most first. Reads a list of registers (offset, name and
# meaning, separated by tabs), then what `kvmtree export --format csv` writes. The registers are in
# the 64 KiB whose addresses begin with -v prefix=0xe100, say.
FNR == 1 { file++ }
file == 1 {
	split($0, part, "\t")
	name[part[1]] = sprintf("%-16s %s", part[2], part[3])
	next
}
FNR == 1 {
	n = split($0, title, ",")
	for (i = 1; i <= n; i++)
		col[title[i]] = i
	next
}
{
	split($0, field, ",")
	offset = "0x" substr(field[col["value"]], 7)
	if (substr(field[col["value"]], 1, 6) != prefix || !(offset in name))
		next
	count[sprintf("%-5s  %-6s  %s  %s", field[col["is_write"]] ? "write" : "read",
		field[col["user_reason"]] == "" ? "kernel" : "vmm", offset, name[offset])]++
}
END {
	for (what in count)
		printf "%8d  %s\n", count[what], what | "sort -rn | head -n 8"
}
