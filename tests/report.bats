#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# kvmtree report: what is on the page, as Chromium shows it.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/.."
	make -s build/tests/gen_trace build/tests/gen_load
}

setup() {
	cd "$BATS_TEST_DIRNAME/.."
	kvmtree=build/kvmtree
	page=$BATS_TEST_TMPDIR/report.html
}

# shown FILE: the page's elements after its script has run, and what the console said in console.
shown() {
	command -v chromium >/dev/null || skip "no chromium"
	timeout 600 chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --user-data-dir="$BATS_TEST_TMPDIR/profile" \
		--enable-logging=stderr --v=0 --virtual-time-budget=3000 --window-size=1400,1000 \
		--dump-dom "file://$1" >"$BATS_TEST_TMPDIR/dom" 2>"$BATS_TEST_TMPDIR/console"
	run -1 grep -F CONSOLE "$BATS_TEST_TMPDIR/console"
}

# acts SCRIPT: the page's elements after a script that is put at its end; it writes into #told.
acts() {
	sed "s|</body>|<pre id=told></pre><script>const told = (text) => { document.getElementById('told').textContent += text + '\\\\n'; };$1</script></body>|" \
		"$page" >"$BATS_TEST_TMPDIR/acting.html"
	shown "$BATS_TEST_TMPDIR/acting.html"
	sed -n '/<pre id="told">/,/<\/pre>/p' "$BATS_TEST_TMPDIR/dom" | sed 's/.*<pre id="told">//; s/<\/pre>.*//; /^$/d'
}

@test "report: the page shows exits, timeline, tree and explanations" {
	"$kvmtree" report -o "$page" docs/samples/hello-amd-6.1.kvmtree
	shown "$page"
	grep -qF '<title>hello-amd-6.1</title>' "$BATS_TEST_TMPDIR/dom"
	for text in 'Where the time went' 'Why the guest exited' 'vCPUs over time' 'The slowest exits' \
		'The life of the VM as a call tree' 'What the words mean' 'build/vmm hello' 'AMD SVM' \
		svm_vcpu_create KVM_CREATE_VCPU 'VM 1 vCPU 0'; do
		echo "looking for $text"
		grep -qF -- "$text" "$BATS_TEST_TMPDIR/dom"
	done
	# the script has run: there is one item that the tab key reaches
	[ "$(grep -oE '<li role="treeitem"[^>]*tabindex="0"' "$BATS_TEST_TMPDIR/dom" | wc -l)" = 1 ]
}

@test "report: as many exits as stat counts, each reason is linked to what it means" {
	"$kvmtree" report -o "$page" docs/samples/hello-amd-6.1.kvmtree
	acts "for (const row of document.querySelectorAll('.mix tbody tr')) { const a = row.querySelector('a'); \
told(a.textContent + ' ' + row.cells[1].textContent + ' ' + document.querySelector(a.getAttribute('href') + ' h3').firstChild.textContent.trim()); }" \
		>"$BATS_TEST_TMPDIR/told"
	diff "$BATS_TEST_TMPDIR/told" - <<'END'
io 12 io
npf 1 npf
hlt 1 hlt
interrupt 1 interrupt
END
}

@test "report: every link leads somewhere on the page, and nothing leads away" {
	"$kvmtree" report -o "$page" docs/samples/*.kvmtree
	/usr/bin/python3 - "$page" <<'END'
import html.parser, sys

class Page(html.parser.HTMLParser):
    void = {"meta", "input", "rect", "link", "br"}
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links = [], set(), set()
    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        assert not set(attrs) & {"src", "srcset", "action"}, attrs
        if "id" in attrs:
            assert attrs["id"] not in self.ids, attrs
            self.ids.add(attrs["id"])
        if "href" in attrs:
            assert attrs["href"].startswith("#"), attrs
            self.links.add(attrs["href"][1:])
        if tag not in self.void:
            self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.open)
    def handle_startendtag(self, tag, attrs):
        pass

page = Page()
text = open(sys.argv[1], encoding="utf-8").read()
page.feed(text)
page.close()
assert not page.open, page.open
assert page.links <= page.ids, page.links - page.ids
assert "http://" not in text and "https://" not in text
END
}

@test "report: the tree by keyboard, as ARIA has it" {
	"$kvmtree" report -o "$page" docs/samples/hello-amd-6.1.kvmtree
	acts "const tree = document.querySelector('[role=tree]'); const item = () => document.activeElement; \
const key = (name) => item().dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true })); \
const say = () => told(item().getAttribute('aria-label').split(',')[0] + ' ' + item().getAttribute('aria-expanded')); \
tree.firstElementChild.focus(); say(); key('ArrowRight'); say(); key('ArrowLeft'); say(); key('ArrowLeft'); say(); \
key('ArrowDown'); say(); key('ArrowUp'); key('ArrowRight'); say(); key('End'); say(); key('Home'); say();" \
		>"$BATS_TEST_TMPDIR/told"
	diff "$BATS_TEST_TMPDIR/told" - <<'END'
machine_init true
vm_create true
vm_create false
machine_init true
vm_create false
vm_create false
svm_vcpu_free null
machine_init true
END
}

@test "report: search opens the way to what it finds" {
	"$kvmtree" report -o "$page" docs/samples/hello-amd-6.1.kvmtree
	acts "document.querySelector('[data-tree=close]').click(); const input = document.querySelector('.treebox input'); \
input.value = 'SVM_VCPU_CREATE'; input.dispatchEvent(new Event('input')); const hits = document.querySelectorAll('.hit'); \
told(hits.length + ' ' + document.querySelector('.treebox output').textContent + ' ' + (hits[0].offsetParent !== null));" \
		>"$BATS_TEST_TMPDIR/told"
	[ "$(cat "$BATS_TEST_TMPDIR/told")" = "1 1 found true" ]
}

@test "report: the timeline zooms, and has the time of every vCPU" {
	"$kvmtree" report -o "$page" docs/samples/hello-amd-6.1.kvmtree
	acts "const t = timelines[0]; const sum = t.lanes[0].map((row) => row.reduce((a, b) => a + b, 0) * t.binNs / 1e6); \
told(sum.map((ms) => Math.round(ms)).join(' ')); t.zoomBy('in'); told((t.to - t.from) / t.bins); t.zoomBy('all'); told(t.to - t.from === t.bins); \
document.querySelector('.jump').click(); told(t.to - t.from < t.bins / 32);" >"$BATS_TEST_TMPDIR/told"
	# guest, kernel, VMM, off CPU in ms, as the table below it says
	diff "$BATS_TEST_TMPDIR/told" - <<'END'
4 15 14 0
0.5
true
true
END
}

@test "report: several recordings are put side by side" {
	"$kvmtree" report -o "$page" docs/samples/hello-{amd,intel}-6.1.kvmtree
	acts "for (const row of document.querySelectorAll('#compare tbody tr')) told([0, 1, 5].map((i) => row.cells[i].textContent).join(' '));" \
		>"$BATS_TEST_TMPDIR/told"
	grep -qx 'io 12 12' "$BATS_TEST_TMPDIR/told"
	grep -qx 'halt 1 1' "$BATS_TEST_TMPDIR/told"
}

@test "report: what a recording says is text, whatever it says" {
	{
		echo 'meta command <img src=x onerror=alert(1)>'
		echo 'func 3 ioctl kvm kvm_vcpu_ioctl kvm_vcpu_ioctl fentry - - - -'
		echo 'func 21 vmm <i> "><script>told(666)</script> - uprobe - vcpu - int'
		echo 'thread 7'
		echo '+0 process_exec comm=</script><b>'
		echo '+100 func_enter func=21 arg_cnt=1'
		echo '+100 ioctl_enter func=3 vm=0xa000 vcpu_id=0 cmd=KVM_RUN'
		echo '+100 kvm_entry rip=0x10 vcpu_id=0'
		echo '+100 kvm_exit rip=0x10 reason=0x7b isa=2 info1=0x3f80010 vcpu_id=0'
		echo '+100 ioctl_exit func=3 cmd=KVM_RUN result=0'
		echo '+100 func_exit func=21 result=0'
		echo 'end lost 0'
	} >"$BATS_TEST_TMPDIR/script"
	build/tests/gen_trace "$BATS_TEST_TMPDIR/script" >"$BATS_TEST_TMPDIR/<b>&'.kvmtree"
	"$kvmtree" report --title '</title><script>' -o "$page" "$BATS_TEST_TMPDIR/<b>&'.kvmtree"
	acts "told(document.querySelectorAll('img, b, i').length - document.querySelectorAll('.legend b').length); told(document.title);" \
		>"$BATS_TEST_TMPDIR/told"
	diff "$BATS_TEST_TMPDIR/told" - <<'END'
0
&lt;/title&gt;&lt;script&gt;
END
}

@test "report: a million exits in less than 5 MB" {
	build/tests/gen_load 1000000 >"$BATS_TEST_TMPDIR/load.kvmtree"
	"$kvmtree" report -o "$page" "$BATS_TEST_TMPDIR/load.kvmtree"
	[ "$(stat -c %s "$page")" -lt 5000000 ]
	shown "$page"
	grep -qF '1,000,000' "$BATS_TEST_TMPDIR/dom"
}

@test "report: a million exits of 64 vCPUs, all unfolded, are so few rows that they scroll" {
	build/tests/gen_load --vcpus 64 1000000 >"$BATS_TEST_TMPDIR/load.kvmtree"
	"$kvmtree" report -o "$page" "$BATS_TEST_TMPDIR/load.kvmtree"
	acts "document.querySelector('[data-tree=open]').click(); const rows = (which) => document.querySelectorAll('.tree .row' + which); \
told(rows(':not(.bad)').length); told([...rows('')].every((row) => row.offsetParent !== null)); \
told(rows('.bad')[0].textContent);" >"$BATS_TEST_TMPDIR/told"
	diff "$BATS_TEST_TMPDIR/told" - <<'END'
5000
true
more is not in this report: `kvmtree tree` has all
END
}

@test "report: what cannot be read or written is said" {
	run -1 --separate-stderr "$kvmtree" report -o "$page" /nonexistent
	[[ $stderr == *"/nonexistent: cannot be opened"* ]]
	[ ! -e "$page" ]
	run -1 --separate-stderr "$kvmtree" report -o /nonexistent/x docs/samples/hello-amd-6.1.kvmtree
	[[ $stderr == *"/nonexistent/x: cannot be written: No such file"* ]]
	"$kvmtree" report -o - docs/samples/hello-amd-6.1.kvmtree | head -n 1 | grep -qx '<!DOCTYPE html>'
}
