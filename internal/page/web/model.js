// What the page knows: the desk's own words, the conversations of the last ten minutes, and what was typed and is
// not saved. It is in memory only: no storage of the browser ever sees a note.

import { useZone } from "./words.js";

export class Model {
	desk = { desk: "", tags: [], stages: [], channels: [] };
	glance = null;
	trouble = null;
	cards = new Map(); // by conversation; a card that changes is another object
	drafts = new Map(); // by event: what stands in the note field and is not saved
	skew = 0; // ms that the agent's clock is ahead of the browser's

	now() {
		return Date.now() + this.skew;
	}

	// takeAll takes the whole state over, as it comes with each connection. Cards with words that are not saved stay.
	takeAll(all) {
		this.desk = all;
		this.glance = all.glance;
		this.trouble = all.trouble;
		this.skew = all.now ? Date.parse(all.now) - Date.now() : 0;
		useZone(all.zone);
		const before = this.cards;
		this.cards = new Map();
		for (const card of all.cards) this.take(card);
		for (const card of before.values()) {
			if (!this.cards.has(card.id)) this.#part(card);
		}
	}

	// take takes one card over. An event is on one card only.
	take(card) {
		card.events.sort((a, b) => (a.id < b.id ? -1 : 1));
		for (const other of this.cards.values()) {
			if (other.id === card.id || !other.events.some((e) => card.events.some((mine) => mine.id === e.id))) continue;
			const rest = other.events.filter((e) => !card.events.some((mine) => mine.id === e.id));
			if (rest.length === 0) this.cards.delete(other.id);
			else this.cards.set(other.id, { ...other, events: rest });
		}
		this.cards.set(card.id, card);
		if (this.cards.size > (this.desk.max_cards ?? 100)) this.#dropOldest();
	}

	#dropOldest() {
		const oldest = [...this.cards.values()].filter((c) => !this.#written(c)).sort(byAge).at(-1);
		if (oldest) this.cards.delete(oldest.id);
	}

	// written says that somebody wrote in a card and did not save it.
	#written(card) {
		return card.events.some((e) => this.drafts.has(e.id));
	}

	// drop forgets a conversation that is no more: it was taken back, or joined another one.
	drop(id) {
		const card = this.cards.get(id);
		this.cards.delete(id);
		if (card) this.#part(card);
	}

	// part keeps of a conversation that is no more what somebody wrote and did not save.
	#part(card) {
		const events = card.events.filter((e) => this.drafts.has(e.id) && !this.cardOf(e.id));
		if (events.length > 0) this.cards.set(card.id, { ...card, events, over: true });
	}

	// merge takes an event over that the agent answered with, before the stream brings it.
	merge(event) {
		const card = this.cardOf(event.id);
		if (!card) return;
		const i = card.events.findIndex((e) => e.id === event.id);
		if (event.rev <= card.events[i].rev) return;
		const events = event.voided ? card.events.toSpliced(i, 1) : card.events.with(i, event);
		if (events.length === 0) this.drop(card.id);
		else this.cards.set(card.id, { ...card, events });
	}

	cardOf(eventID) {
		for (const card of this.cards.values()) {
			if (card.events.some((e) => e.id === eventID)) return card;
		}
		return null;
	}

	// expire forgets what is older than ten minutes, and says whether there was any. What is being written stays.
	expire(keep) {
		const now = this.now();
		const old = [...this.cards.values()].filter((c) =>
			(c.over || Date.parse(c.until) < now && c.id !== keep) && !this.#written(c));
		for (const card of old) this.cards.delete(card.id);
		return old.length > 0;
	}

	tag(code) {
		return this.desk.tags.find((t) => t.code === code);
	}

	labelOf(list, code) {
		return this.desk[list].find((w) => w.code === code)?.label ?? code;
	}
}

// Newest first; of two at the same instant the one with the higher id. All instants are of one form, in UTC.
export const byAge = (a, b) => a.at === b.at ? (a.id < b.id ? 1 : -1) : (a.at < b.at ? 1 : -1);

// The event of a card that holds the conversation's note: one that has words, or the first.
export function noteEvent(card, drafts) {
	return card.events.find((e) => drafts.has(e.id)) ?? card.events.find((e) => e.note) ?? card.events[0];
}
