// The pad: the desk's tags, to tag a conversation without a button.

import { $, icon, make, sync } from "./dom.js";
import { notSaved } from "./words.js";

const fading = 6_000; // ms for which a key says what became of it

export class Pad {
	#model;
	#tap;
	#timers = new Map(); // by tag

	constructor({ model, tap }) {
		this.#model = model;
		this.#tap = tap;
	}

	build() {
		const tags = this.#model.desk.tags;
		sync($("pad-keys"), tags, (t) => t.code, (t) => this.#make(t.code), (key, tag) => {
			const [digit, name] = key.children;
			digit.textContent = tag.digit;
			name.textContent = tag.label;
			key.dataset.kind = tag.kind ?? "";
			if (tag.digit) key.setAttribute("aria-keyshortcuts", `${tag.digit} Control+${tag.digit}`);
			else key.removeAttribute("aria-keyshortcuts");
		});
	}

	#make(code) {
		const key = make("button", { type: "button", class: "key" },
			make("kbd", { "aria-hidden": "true" }), make("span", { class: "name" }), make("span", { class: "fate", "aria-hidden": "true" }));
		key.addEventListener("click", () => this.#tap(this.#model.tag(code)));
		return key;
	}

	// tagOf is the tag of a digit, if there is one.
	tagOf(digit) {
		return this.#model.desk.tags.find((t) => t.digit === digit);
	}

	// fate says on a key what became of its tap; the page's other words say it to a screen reader.
	fate(code, kind) {
		const key = [...$("pad-keys").children].find((k) => k.dataset.key === code);
		if (!key) return;
		const words = { good: "saved", twice: "already counted", back: "taken back", wait: "saving…", bad: notSaved }[kind];
		const fate = key.lastElementChild;
		fate.dataset.kind = kind;
		fate.replaceChildren(icon({ twice: "wait", back: "wait" }[kind] ?? kind), words);
		clearTimeout(this.#timers.get(code));
		if (kind !== "bad" && kind !== "wait") this.#timers.set(code, setTimeout(() => fate.replaceChildren(), fading));
	}

	// relieved takes NOT saved off the keys, once nothing waits any more.
	relieved() {
		for (const fate of document.querySelectorAll('#pad-keys .fate[data-kind="bad"]')) fate.replaceChildren();
	}
}
