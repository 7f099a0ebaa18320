// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// A report's movements: theme, timelines with zoom, trees by mouse and keyboard. Without it all is there to read.
'use strict';

const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

// --- times ---
function time(ns) {
	for (const [unit, name] of [[1e9, 's'], [1e6, 'ms'], [1e3, 'µs']])
		if (ns >= unit) return (ns < 100 * unit ? (ns / unit).toPrecision(3) : Math.round(ns / unit)) + ' ' + name;
	return Math.round(ns) + ' ns';
}

// --- dark and light ---
const root = document.documentElement;
document.getElementById('theme').addEventListener('click', () => {
	const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
	root.dataset.theme = dark ? 'light' : 'dark';
	timelines.forEach((timeline) => timeline.draw());
});

// --- timelines ---
const LANES = ['guest', 'kernel', 'user', 'off'];
const TITLES = ['guest', 'kernel', 'VMM', 'off CPU'];

// A share of a bin, as report_timeline.c writes it: '0' is nothing, 60 letters on is all of it.
function share(letter) {
	const code = letter === '~' ? 60 : letter === '}' ? 92 : letter.charCodeAt(0);
	return (code - 48) / 60;
}

class Timeline {
	constructor(box) {
		const data = JSON.parse(box.querySelector('.data').textContent);
		this.box = box;
		this.binNs = data.bin_ns;
		this.bins = data.bins;
		this.lanes = data.lanes.map((lane) => lane.map((row) => Float32Array.from(row, share)));
		this.canvases = $$('canvas', box);
		this.output = box.querySelector('output');
		this.axis = box.querySelector('.axis');
		this.from = 0;
		this.to = this.bins;
		this.listen();
	}

	listen() {
		for (const button of $$('[data-zoom]', this.box))
			button.addEventListener('click', () => this.zoomBy(button.dataset.zoom));
		this.canvases.forEach((canvas, i) => {
			canvas.addEventListener('pointerdown', (e) => { this.drag = this.bin(canvas, e); canvas.setPointerCapture(e.pointerId); });
			canvas.addEventListener('pointermove', (e) => this.tell(i, this.bin(canvas, e)));
			canvas.addEventListener('pointerup', (e) => this.drop(this.bin(canvas, e)));
			canvas.addEventListener('pointercancel', () => { this.drag = undefined; });
			canvas.addEventListener('dblclick', () => this.zoomBy('all'));
			canvas.addEventListener('keydown', (e) => this.key(e));
		});
	}

	bin(canvas, e) {
		const box = canvas.getBoundingClientRect();
		const at = this.from + (e.clientX - box.left) / box.width * (this.to - this.from);
		return Math.max(0, Math.min(this.bins, at));
	}

	drop(at) {
		const from = this.drag;
		this.drag = undefined;
		if (from !== undefined && Math.abs(at - from) > (this.to - this.from) / 100)
			this.show(Math.min(from, at), Math.max(from, at));
	}

	key(e) {
		const step = (this.to - this.from) / 4;
		const keys = {
			'+': () => this.zoomBy('in'), '=': () => this.zoomBy('in'), '-': () => this.zoomBy('out'), '0': () => this.zoomBy('all'),
			ArrowLeft: () => this.show(this.from - step, this.to - step), ArrowRight: () => this.show(this.from + step, this.to + step),
		};
		if (!keys[e.key] || e.ctrlKey || e.metaKey) return;
		e.preventDefault();
		keys[e.key]();
	}

	zoomBy(what) {
		const middle = (this.from + this.to) / 2;
		const half = what === 'all' ? this.bins : (this.to - this.from) * (what === 'in' ? 0.25 : 1);
		this.show(middle - half, middle + half);
	}

	// Shows so many bins, at least four, moved so that they lie within the recording.
	show(from, to) {
		const size = Math.min(this.bins, Math.max(4, to - from));
		this.from = Math.max(0, Math.min(this.bins - size, from));
		this.to = this.from + size;
		this.draw();
	}

	jump(ns) {
		const at = ns / this.binNs, size = Math.max(8, this.bins / 64);
		this.show(at - size / 2, at + size / 2);
		this.box.scrollIntoView({ block: 'center' });
		this.canvases[0]?.focus({ preventScroll: true });
	}

	tell(lane, at) {
		const bin = Math.min(this.bins - 1, Math.floor(at));
		const parts = TITLES.map((title, i) => `${title} ${Math.round(this.lanes[lane][i][bin] * 100)} %`);
		this.output.textContent = `${time(bin * this.binNs)}: ${parts.join(', ')}`;
	}

	draw() {
		if (!this.bins) return;
		const style = getComputedStyle(root);
		const colours = LANES.map((lane) => style.getPropertyValue('--' + lane));
		this.canvases.forEach((canvas, i) => this.drawLane(canvas, this.lanes[i], colours));
		this.axis.replaceChildren(...[0, 1, 2, 3, 4].map((quarter) => {
			const label = document.createElement('span');
			label.textContent = time((this.from + (this.to - this.from) * quarter / 4) * this.binNs);
			return label;
		}));
		this.output.textContent = `${time((this.to - this.from) * this.binNs)} shown, ${time(this.binNs)} a bin`;
	}

	// Four rows, one for each place where time goes; how dark a column is says how much of it went there.
	drawLane(canvas, rows, colours) {
		const scale = devicePixelRatio || 1, width = Math.max(1, Math.round(canvas.clientWidth * scale));
		const height = Math.round(canvas.clientHeight * scale), step = height / 4, ink = canvas.getContext('2d');
		canvas.width = width;
		canvas.height = height;
		rows.forEach((row, i) => {
			ink.fillStyle = colours[i];
			for (let x = 0; x < width; x++) {
				const from = this.from + x / width * (this.to - this.from);
				const to = this.from + (x + 1) / width * (this.to - this.from);
				let most = 0;
				for (let bin = Math.floor(from); bin < Math.max(to, Math.floor(from) + 1) && bin < this.bins; bin++)
					most = Math.max(most, row[bin]);
				if (!most) continue;
				ink.globalAlpha = 0.18 + 0.82 * most;
				ink.fillRect(x, i * step + scale, 1, step - 2 * scale);
			}
		});
	}
}

const timelines = $$('.timeline').map((box) => new Timeline(box));
timelines.forEach((timeline) => timeline.draw());
addEventListener('resize', () => timelines.forEach((timeline) => timeline.draw()));
for (const button of $$('.jump'))
	button.addEventListener('click', () => timelines[+button.dataset.recording].jump(+button.dataset.at));

// --- trees, by the tree pattern of ARIA ---
const parentItem = (item) => item.parentElement.closest('[role=treeitem]');
const isShown = (item) => item.offsetParent !== null;

function setOpen(item, open) {
	if (item.hasAttribute('aria-expanded')) item.setAttribute('aria-expanded', open);
}

function focusItem(box, item) {
	if (!item) return;
	for (const other of $$('[tabindex="0"]', box.querySelector('.tree').parentElement))
		if (other.getAttribute('role') === 'treeitem') other.tabIndex = -1;
	item.tabIndex = 0;
	item.focus();
}

function treeKey(box, e) {
	const item = e.target.closest('[role=treeitem]');
	if (!item || e.ctrlKey || e.metaKey || e.altKey) return;
	const items = $$('[role=treeitem]', box).filter(isShown), at = items.indexOf(item);
	const open = item.getAttribute('aria-expanded');
	const keys = {
		ArrowDown: () => focusItem(box, items[at + 1]), ArrowUp: () => focusItem(box, items[at - 1]),
		Home: () => focusItem(box, items[0]), End: () => focusItem(box, items[items.length - 1]),
		ArrowRight: () => open === 'false' ? setOpen(item, true) : open && focusItem(box, items[at + 1]),
		ArrowLeft: () => open === 'true' ? setOpen(item, false) : focusItem(box, parentItem(item)),
		Enter: () => item.querySelector(':scope > .row a')?.click(),
		' ': () => setOpen(item, open === 'false'),
		'*': () => [...item.parentElement.children].forEach((other) => setOpen(other, true)),
	};
	if (!keys[e.key]) return;
	e.preventDefault();
	keys[e.key]();
}

function search(box, text) {
	const found = [], output = box.querySelector('output');
	for (const row of $$('.hit', box)) row.classList.remove('hit');
	if (text.length > 1)
		for (const row of $$('.tree .row', box)) {
			if (!row.textContent.toLowerCase().includes(text)) continue;
			row.classList.add('hit');
			found.push(row.parentElement);
			for (let item = parentItem(row.parentElement); item; item = parentItem(item)) setOpen(item, true);
		}
	output.textContent = text.length > 1 ? `${found.length} found` : '';
	return found;
}

for (const box of $$('.treebox')) {
	let found = [], at = -1;
	const input = box.querySelector('input');
	const next = () => {
		if (!found.length) return;
		at = (at + 1) % found.length;
		focusItem(box, found[at]);
		found[at].querySelector('.row').scrollIntoView({ block: 'center' });
	};
	for (const item of $$('[role=treeitem]', box)) {
		item.tabIndex = -1;
		// else a screen reader would read all that is below it
		item.setAttribute('aria-label', [...item.firstElementChild.children].map((part) => part.textContent).join(', '));
	}
	const first = box.querySelector('[role=treeitem]');
	if (first) first.tabIndex = 0;
	for (const link of $$('.tree a', box)) link.tabIndex = -1;
	box.addEventListener('keydown', (e) => treeKey(box, e));
	box.addEventListener('click', (e) => {
		const item = e.target.closest('[role=treeitem]');
		if (!item || e.target.closest('a')) return;
		setOpen(item, item.getAttribute('aria-expanded') === 'false');
		focusItem(box, item);
	});
	input.addEventListener('input', () => { found = search(box, input.value.trim().toLowerCase()); at = -1; });
	input.addEventListener('keydown', (e) => { if (e.key === 'Enter') next(); e.stopPropagation(); });
	box.querySelector('[data-tree=next]').addEventListener('click', next);
	box.querySelector('[data-tree=open]').addEventListener('click', () => $$('[role=treeitem]', box).forEach((item) => setOpen(item, true)));
	box.querySelector('[data-tree=close]').addEventListener('click', () => $$('[role=treeitem]', box).forEach((item) => setOpen(item, false)));
}
