// The conversations of the last ten minutes, one line each, newest first. To tap one takes it in hand; it does nothing else.

import { $, icon, make, say, sync } from "./dom.js";
import { noteEvent } from "./model.js";
import { notSaved, short, timeOf } from "./words.js";

export class Cards {
	#model;
	#outbox;
	#hand;
	#shown = new WeakMap(); // by row

	constructor({ model, outbox, hand }) {
		this.#model = model;
		this.#outbox = outbox;
		this.#hand = hand;
	}

	show() {
		const cards = this.#hand.list();
		$("none").hidden = cards.length > 0;
		sync($("cards"), cards, (c) => c.id, () => this.#make(), (row, card) => this.#update(row, card));
	}

	#make() {
		const button = make("button", { type: "button", class: "card" },
			make("span", { class: "when" }), make("span", { class: "what" }), make("span", { class: "more" }),
			make("span", { class: "said" }), make("span", { class: "mark" }));
		const row = make("li", {}, button);
		button.addEventListener("click", () => this.#hand.pick(row.dataset.key));
		return row;
	}

	#update(row, card) {
		if (this.#same(row, card)) return;
		const [when, what, more, said, mark] = row.firstElementChild.children;
		const events = card.events.map((e) => this.#outbox.view(e));
		row.firstElementChild.setAttribute("aria-current", String(card.id === this.#hand.id));
		say(when, timeOf(card.at));
		say(what, events.map((e) => this.#model.tag(e.tag)?.label ?? e.label).join(" + "));
		say(more, this.#more(events));
		const noted = noteEvent({ events }, this.#model.drafts);
		const draft = this.#model.drafts.get(noted.id);
		say(said, short(draft ?? noted.note, 120));
		const unsaved = card.unsaved || events.some((e) => this.#outbox.of(e.id)?.waited || this.#outbox.leaving(e.id));
		this.#mark(mark, card.over ? "gone" : unsaved ? "bad" : draft !== undefined ? "wait" : "");
	}

	// same says that a row shows its card as it is. There may be a hundred, and all but one are.
	#same(row, card) {
		const state = [card.events.map((e) => this.#model.drafts.get(e.id)).join("\n"), card.id === this.#hand.id, this.#outbox.busy].join();
		const before = this.#shown.get(row);
		this.#shown.set(row, { card, state, desk: this.#model.desk });
		return before?.card === card && before.state === state && before.desk === this.#model.desk && !this.#outbox.busy;
	}

	#more(events) {
		const { channel, tried, forced } = events[0];
		const words = [...new Set(events.map((e) => e.stage).filter(Boolean))].map((s) => this.#model.labelOf("stages", s));
		if (channel) words.push(this.#model.labelOf("channels", channel));
		if (tried) words.push(`${forced ? "had to switch from" : "tried before:"} ${this.#model.labelOf("channels", tried)}`);
		return words.join(" · ");
	}

	#mark(mark, kind) {
		if (mark.dataset.kind === kind) return;
		mark.dataset.kind = kind;
		const words = { "": "", bad: notSaved, gone: `${notSaved}: taken back`, wait: "note not saved yet" }[kind];
		mark.replaceChildren(...words ? [icon(kind === "wait" ? "wait" : "bad"), words] : []);
	}
}
