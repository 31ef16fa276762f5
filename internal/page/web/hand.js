// The card in hand: the one conversation that is shown whole and that the keys act on. It has a place of its own that
// never moves. A new conversation takes it, but never while somebody writes in it or points at it.

import { $, icon, make, press, say, sync } from "./dom.js";
import { History } from "./history.js";
import { byAge, noteEvent } from "./model.js";
import { left, notSaved, short, timeOf } from "./words.js";

const settling = 500; // ms in which a finger that was on its way to another card, or the second of two clicks, does nothing
const noteHelp = "Enter saves, Shift+Enter makes a new line, Escape leaves it";
const pointing = 3_000; // ms after which a mouse that lies there is no more pointing

export class Hand {
	id = ""; // of the card
	#model;
	#outbox;
	#changed;
	#news;
	#chosen = ""; // the event whose stage is shown, where there are several
	#pointed = -Infinity;
	#settled = 0;
	#warned = ""; // the event whose words would go with it
	#target = ""; // the event that take back was last shown for
	#shownNote = ""; // the event that the note field belongs to
	#members = []; // the events that the card in hand had when it was last shown
	#saved = new Map(); // by event: what the line below its note says
	#history;

	constructor({ model, outbox, wire, changed, news }) {
		this.#model = model;
		this.#outbox = outbox;
		this.#changed = changed;
		this.#news = news;
		this.#history = new History(model, wire, changed);
		this.#listen();
	}

	// list is all cards, newest first, those that wait in the page among them.
	list() {
		return [...this.#model.cards.values(), ...this.#outbox.unsaved()].sort(byAge);
	}

	get card() {
		return this.#model.cards.get(this.id) ?? this.#outbox.unsaved().find((c) => c.id === this.id) ?? null;
	}

	// The event that take back and the stage act on: the one chosen, else the newest.
	get #event() {
		const events = this.card?.events ?? [];
		return events.find((e) => e.id === this.#chosen) ?? events.at(-1) ?? null;
	}

	// arrived lets a new conversation into the hand, where that disturbs nobody.
	arrived(id) {
		if (this.#held()) return;
		this.#chosen = "";
		this.id = id;
	}

	// begin takes the newest conversation in hand, where there is none.
	begin() {
		this.#follow();
		const [first] = this.list();
		if (!this.card && first) this.arrived(first.id);
	}

	// pick is the rep's own choice.
	pick(id) {
		this.id = id;
		this.#choose("");
	}

	#choose(eventID) {
		this.#chosen = eventID;
		this.#target = this.#event?.id ?? "";
		delete $("hand").dataset.settling;
		this.#changed();
	}

	newest() {
		const [first] = this.list();
		if (!first) return;
		this.pick(first.id);
		this.show();
		$("note").focus();
	}

	step(by) {
		const cards = this.list();
		const at = cards.findIndex((c) => c.id === this.id);
		const next = cards[Math.min(cards.length - 1, Math.max(0, at + by))];
		if (next) this.pick(next.id);
	}

	// renamed follows a card whose tag was stored at last.
	renamed(from, event) {
		if (this.id === from) [this.id, this.#members] = [event.id, [event.id]];
		for (const map of [this.#model.drafts, this.#saved]) {
			if (map.has(from)) map.set(event.id, map.get(from));
			map.delete(from);
		}
		if (this.#shownNote === from) this.#shownNote = event.id;
		if (this.#target === from) this.#target = event.id;
	}

	#held() {
		const at = document.activeElement, box = $("hand");
		if (!this.card) return false;
		if (at === $("note")) return true;
		if (performance.now() - this.#pointed < pointing) return true;
		return document.hasFocus() && at !== box && box.contains(at) && at.matches("select, :focus-visible");
	}

	// yield lets the next conversation into the hand: it is of the rep's own tap. Who writes goes on writing.
	yield() {
		this.#pointed = -Infinity;
		this.#keepFocus();
	}

	// keepFocus is for controls that go, or that are done with: from nowhere the keyboard would begin anew.
	#keepFocus() {
		const box = $("hand"), at = document.activeElement;
		if (box.contains(at) && at !== $("note")) box.focus();
	}

	takeBack(event = this.#event) {
		const card = this.card;
		if (this.#settling() || !card || !event || this.#outbox.leaving(event.id) || this.#late(card)) return;
		const rest = card.events.filter((e) => e.id !== event.id);
		const words = this.#outbox.view(event).note;
		if (words && rest.length > 0 && !rest.some((e) => e.note)) this.#outbox.amend(rest[0], { note: words }); // they are the conversation's
		const draft = this.#model.drafts.get(event.id);
		if (draft && rest.length === 0 && this.#warned !== event.id) {
			this.#warned = event.id;
			this.#settle(); // the second of two clicks has not read it
			return this.#news("The words in the note are not saved. Take back once more, and they go too.");
		}
		if (draft && rest.length > 0) this.#model.drafts.set(rest[0].id, draft);
		this.#model.drafts.delete(event.id);
		this.#outbox.void(event);
		this.#chosen = "";
		this.#keepFocus();
	}

	// settling says, aloud too, that what is shown has only just changed: a finger meant what was there before.
	#settling() {
		const on = "settling" in $("hand").dataset;
		if (on) this.#news("The card had just changed: nothing was done. Try again.");
		return on;
	}

	#settle() {
		const box = $("hand");
		box.dataset.settling = "";
		clearTimeout(this.#settled);
		this.#settled = setTimeout(() => delete box.dataset.settling, settling);
	}

	#late(card) {
		return card.until !== null && Date.parse(card.until) < this.#model.now();
	}

	stage(code) {
		const event = this.#event;
		if (event) this.#edit([event], { stage: this.#outbox.view(event).stage === code ? "" : code });
	}

	channel(code) {
		const first = this.card?.events[0];
		if (first) this.#edit(this.card.events, { channel: this.#outbox.view(first).channel === code ? "" : code });
	}

	tried(code) {
		const first = this.card?.events[0];
		if (first) this.#edit(this.card.events, this.#outbox.view(first).tried === code || code === "" ? { tried: "", forced: false } : { tried: code });
	}

	forced(on) {
		const first = this.card?.events[0];
		if (first && this.#outbox.view(first).tried) this.#edit(this.card.events, { forced: on });
	}

	tag(event, code) {
		if (code !== event.tag) this.#edit([event], { tag: code });
	}

	// apart gives a tag a conversation of its own.
	apart(event) {
		this.#edit([event], { conversation: "" });
		this.#keepFocus();
	}

	// join makes the card in hand one with the conversation before it.
	join() {
		const before = this.#before();
		if (before) this.#edit(this.card.events.toReversed(), { conversation: before.id });
		this.id = before?.id ?? this.id;
		this.#changed();
	}

	#before() {
		const cards = this.list();
		const before = cards[cards.findIndex((c) => c.id === this.id) + 1];
		return !this.card || this.card.unsaved || before?.unsaved ? null : before ?? null;
	}

	#edit(events, fields) {
		for (const e of events) this.#outbox.amend(e, fields);
	}

	// saveNote sends what stands in the note field; leaveNote keeps it there.
	saveNote() {
		const event = this.card?.events.find((e) => e.id === this.#shownNote);
		if (!event) return;
		const text = this.#model.drafts.get(event.id);
		if (text !== undefined && text.trim() !== this.#outbox.view(event).note) {
			this.#saved.set(event.id, ["wait", "Saving…"]);
			this.#outbox.amend(event, { note: text.trim() });
		}
		this.#model.drafts.delete(event.id);
		$("hand").focus();
		this.#changed();
	}

	leaveNote() {
		$("hand").focus();
		this.#changed();
	}

	// noteIs tells what became of an event's note.
	noteIs(eventID, kind, text) {
		this.#saved.set(eventID, [kind, text]);
	}

	// forget drops what was said of notes whose cards are gone: a tab stays open for weeks.
	forget() {
		for (const id of this.#saved.keys()) {
			if (!this.#model.cardOf(id) && !this.#outbox.of(id)) this.#saved.delete(id);
		}
		this.#history.forget();
	}

	#listen() {
		const box = $("hand"), note = $("note");
		const points = (e) => { if (e.pointerType === "mouse") this.#pointed = performance.now(); };
		box.addEventListener("pointermove", points);
		box.addEventListener("pointerdown", points);
		box.addEventListener("pointerleave", () => { this.#pointed = -Infinity; });
		box.addEventListener("click", (e) => {
			if (!this.#settling()) return;
			e.stopPropagation();
			e.preventDefault();
		}, true);
		note.addEventListener("input", () => this.#typed());
		note.addEventListener("keydown", (e) => {
			if (e.isComposing) return;
			if (e.key === "Enter" && !e.shiftKey && !e.ctrlKey && !e.altKey) {
				e.preventDefault();
				this.saveNote();
			} else if (e.key === "Escape") {
				e.preventDefault();
				this.leaveNote();
			}
		});
		$("words").addEventListener("submit", (e) => {
			e.preventDefault();
			this.saveNote();
		});
		$("newer").addEventListener("click", () => this.newest());
		$("take-back").addEventListener("click", () => this.takeBack());
		$("join").addEventListener("click", () => this.join());
		$("had-to").addEventListener("click", () => this.forced(true));
		$("chose-to").addEventListener("click", () => this.forced(false));
		$("tried").addEventListener("change", () => this.tried($("tried").value));
	}

	#typed() {
		const event = this.card?.events.find((e) => e.id === this.#shownNote);
		if (!event) return;
		const text = $("note").value;
		this.#warned = "";
		if (text === this.#outbox.view(event).note) this.#model.drafts.delete(event.id);
		else this.#model.drafts.set(event.id, text);
		this.#saved.delete(event.id);
		this.#changed();
	}

	// build makes what follows from the configuration.
	build() {
		const chips = (list, name, act) => sync($(name).querySelector(".set"), list, (w) => w.code, (w) => {
			const chip = make("button", { type: "button", class: "chip", "aria-keyshortcuts": w.key, "aria-pressed": "false" },
				make("kbd", { "aria-hidden": "true" }, w.key), w.label);
			chip.addEventListener("click", () => act(w.code));
			return chip;
		}, () => {});
		chips(this.#model.desk.stages, "stage", (code) => this.stage(code));
		chips(this.#model.desk.channels, "channel", (code) => this.channel(code));
		sync($("tried"), [{ code: "", label: "nothing else" }, ...this.#model.desk.channels], (w) => w.code,
			(w) => make("option", { value: w.code }, w.label), () => {});
	}

	// show brings the card in hand up to date.
	show() {
		this.#follow();
		const card = this.card, event = this.#event;
		if (event && event.id !== this.#target) this.#settle();
		this.#target = event?.id ?? "";
		$("hand").classList.toggle("unsaved", Boolean(card?.unsaved || card?.over));
		say($("hand-title"), card ? this.#title(card) : this.list().length > 0 ? "No conversation chosen" : "No conversation yet");
		const newer = card ? this.list().findIndex((c) => c.id === card.id) : this.list().length;
		$("newer").classList.toggle("none", newer < 1);
		say($("newer-words"), `Show newest (${newer})`);
		if (card) this.#members = card.events.map((e) => e.id);
		this.#showNote(card);
		this.#showChips(card, event);
		this.#showTags(card, event);
		this.tick();
	}

	// follow finds the card that the one in hand became part of, where it is no more. Where it went altogether the hand
	// stays empty: a second click on "Take back" must not meet another conversation.
	#follow() {
		if (this.card) return;
		const heir = this.#members.map((id) => this.#model.cardOf(id)).find(Boolean);
		this.id = heir?.id ?? "";
	}

	#title(card) {
		const tags = card.events.map((e) => this.#label(this.#outbox.view(e))).join(" + ");
		return `${timeOf(card.at)} ${tags}`;
	}

	#label(event) {
		return this.#model.tag(event.tag)?.label ?? event.label;
	}

	// tick counts the time down in which a tag may be taken back.
	tick() {
		const card = this.card, event = this.#event, button = $("take-back");
		const leaving = event && this.#outbox.leaving(event.id), late = card && this.#late(card);
		button.disabled = !card || card.over || leaving || late;
		let words = "Take back";
		if (card?.events.length > 1) words = `Take back ${short(this.#label(event), 30)}`;
		if (leaving) words = "Being taken back";
		else if (late) words = "Too late to take back here";
		else if (card?.over) words = "Taken back";
		say($("take-back-words"), words);
		say($("take-back-left"), button.disabled || card.until === null ? "" : left(Math.min(Date.parse(card.until) - this.#model.now(), 1000 * this.#model.desk.undo_s)));
	}

	#showNote(card) {
		const field = $("note"), event = card && noteEvent(card, this.#model.drafts);
		field.disabled = !event;
		this.#shownNote = event?.id ?? "";
		const stored = event ? this.#outbox.view(event).note : "";
		const draft = event && this.#model.drafts.get(event.id);
		if (field.value !== (draft ?? stored)) field.value = draft ?? stored;
		$("save").disabled = typeof draft !== "string" || Boolean(card?.over);
		const [kind, text] = this.#noteState(card, event, draft);
		const state = $("note-state");
		if (state.dataset.kind === kind && state.textContent === text) return;
		state.dataset.kind = kind;
		state.replaceChildren(...kind === "" ? [] : [icon(kind)], text);
	}

	#noteState(card, event, draft) {
		if (!event) return ["", noteHelp];
		if (card.over) return ["bad", `${notSaved}: taken back elsewhere. Copy the words, or clear the field.`];
		const waits = this.#outbox.of(event.id);
		if (waits?.waited && waits.body.note !== undefined) return ["bad", `${notSaved}. Kept in this page, sent when that works again.`];
		if (draft !== undefined) return ["wait", event.note ? `Not saved yet. Stored is: “${short(event.note)}”` : "Not saved yet"];
		return this.#saved.get(event.id) ?? (event.note ? ["good", "Saved"] : ["", noteHelp]);
	}

	#showChips(card, event) {
		const first = card && this.#outbox.view(card.events[0]), shown = event && this.#outbox.view(event);
		const mark = (name, value) => {
			for (const chip of $(name).querySelectorAll(".chip")) {
				chip.disabled = !card || Boolean(card?.over);
				press(chip, value !== "" && chip.dataset.key === value);
			}
		};
		mark("stage", shown?.stage ?? "");
		mark("channel", first?.channel ?? "");
		say($("stage-title"), card?.events.length > 1 ? `Where the cause lies: ${this.#label(shown)}` : "Where the cause lies");
		const tried = first?.tried ?? "";
		$("tried").disabled = !card || Boolean(card?.over);
		if ($("tried").value !== tried) $("tried").value = tried;
		$("switch").classList.toggle("none", tried === "");
		for (const [name, on] of [["had-to", first?.forced], ["chose-to", !first?.forced]]) {
			$(name).disabled = tried === "" || Boolean(card?.over);
			press($(name), tried !== "" && on);
		}
	}

	#showTags(card, event) {
		const several = card?.events.length > 1;
		const places = card && !card.over ? [...card.events.keys()].map(String) : [];
		sync($("tags"), places, (i) => i, (i) => this.#makeTag(i), (row, i) => {
			const e = card.events[i];
			const shown = this.#outbox.view(e), select = row.querySelector("select");
			const others = card.events.filter((o) => o.id !== e.id).map((o) => this.#outbox.view(o).tag); // each once
			const known = this.#model.desk.tags.filter((t) => !others.includes(t.code));
			if (!known.some((t) => t.code === shown.tag)) known.unshift({ code: shown.tag, label: e.label });
			sync(select, known, (t) => t.code, (t) => make("option", { value: t.code }, t.label), () => {});
			if (document.activeElement !== select || select.value === e.tag) select.value = shown.tag;
			const [pick, back, apart] = row.querySelectorAll("button");
			pick.hidden = back.hidden = !several;
			apart.hidden = !several || e.id === card.events[0].id;
			press(pick, several && e.id === event.id);
			say(pick, `Stage: ${this.#model.labelOf("stages", shown.stage) || "none"}`);
			for (const button of [pick, back, apart]) button.setAttribute("aria-label", `${button.textContent}: ${this.#label(shown)}`);
			back.disabled = this.#outbox.leaving(e.id) || this.#late(card);
		});
		const before = this.#before();
		$("join").hidden = !before || Boolean(card?.over);
		if (before) say($("join"), `Same conversation as ${short(this.#title(before), 40)}`);
		say($("was"), this.#history.of(card));
	}

	// A row is of a place, not of a tag, as to make a list of tags for each new card takes longer than all else.
	#makeTag(i) {
		const now = () => this.card?.events[i];
		const button = (text, act) => {
			const b = make("button", { type: "button", class: "small" }, text);
			b.addEventListener("click", () => now() && act(now()));
			return b;
		};
		const select = make("select", { "aria-label": "Tag", autocomplete: "off" });
		select.addEventListener("change", () => now() && this.tag(now(), select.value));
		return make("li", {}, make("span", { class: "soft", "aria-hidden": "true" }, "Tag"), select,
			button("Stage", (e) => this.#choose(e.id)),
			button("Take back", (e) => this.takeBack(e)),
			button("Pull apart", (e) => this.apart(e)));
	}
}
