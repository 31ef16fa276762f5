// What corrected events were before.

import { short } from "./words.js";

const shown = 4; // changes, the last ones

export class History {
	#model;
	#wire;
	#changed;
	#lines = new Map(); // by event and revision

	constructor(model, wire, changed) {
		this.#model = model;
		this.#wire = wire;
		this.#changed = changed;
	}

	// of tells what the tags of a card were. What is not known yet is asked for, once for each revision.
	of(card) {
		const lines = (card?.events ?? []).filter((e) => e.rev > 0).flatMap((e) => this.#ofEvent(e));
		return lines.length > 0 ? `Changed. ${lines.slice(-shown).reverse().join(" ")}` : "";
	}

	// forget drops the history of events whose cards are gone.
	forget() {
		for (const key of this.#lines.keys()) {
			if (!this.#model.cardOf(key.split(" ")[0])) this.#lines.delete(key);
		}
	}

	#ofEvent(event) {
		const key = `${event.id} ${event.rev}`;
		if (!this.#lines.has(key)) {
			this.#lines.set(key, []);
			this.#ask(key, event);
		}
		return this.#lines.get(key);
	}

	async #ask(key, event) {
		const states = await this.#wire.get(`/events/${encodeURIComponent(event.id)}/history`);
		if (states === null && !this.#wire.connected) this.#lines.delete(key); // asked again once it is
		if (states === null) return;
		this.#lines.set(key, this.#compare([...states, event]));
		this.#changed();
	}

	#compare(states) {
		const label = (list, code) => this.#model.labelOf(list, code);
		const named = {
			tag: (e) => `tag was ${this.#model.tag(e.tag)?.label ?? e.label}`, stage: (e) => `stage was ${label("stages", e.stage)}`,
			channel: (e) => `channel was ${label("channels", e.channel)}`, tried: (e) => `channel tried before was ${label("channels", e.tried)}`,
			note: (e) => `note was “${short(e.note)}”`,
		};
		const lines = [];
		for (let i = 1; i < states.length; i += 1) {
			for (const [field, name] of Object.entries(named)) {
				const before = states[i - 1];
				if (before[field] && before[field] !== states[i][field]) lines.push(`The ${name(before)}.`);
			}
		}
		return lines;
	}
}
