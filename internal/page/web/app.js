// The rep's page. The agent tells what happens on the desk; this shows it, and says what the rep adds.

import { Alarm } from "./alarm.js";
import { Ask } from "./ask.js";
import { Cards } from "./cards.js";
import { $, say } from "./dom.js";
import { Glance } from "./glance.js";
import { Hand } from "./hand.js";
import { Keys } from "./keys.js";
import { Model } from "./model.js";
import { Outbox } from "./outbox.js";
import { Pad } from "./pad.js";
import { Wire } from "./wire.js";
import { kinds, notSaved, scrubbed, timeOf } from "./words.js";

const boot = document.body.dataset;
const model = new Model();
const news = (text) => say($("news"), text);

const slow = 700; // ms after which a tap that is not answered says that it is under way
let due = false;

// changed shows the whole state, once for all that happens at a time.
function changed() {
	if (due) return;
	due = true;
	queueMicrotask(() => {
		due = false;
		hand.show();
		cards.show();
		glance.show();
		alarm.show();
		showState();
	});
}

const wire = new Wire(boot, {
	busy: () => outbox.busy,
	changed: () => stateChanged(),
	hear: {
		all: (all) => takeAll(all),
		card: (card) => takeCard(card),
		gone: ({ id }) => { model.drop(id); changed(); },
		refused: ({ label }) => news(`Already counted: ${label}.`),
		unsaved: (press) => unsaved(press),
		trouble: (trouble) => takeTrouble(trouble),
		glance: (now) => { model.glance = now; changed(); },
	},
});

const outbox = new Outbox(wire, model, {
	changed,
	sent: (item, data) => sent(item, data),
	refused: (item, data) => refused(item, data),
	kept: (item) => kept(item),
	failed: (item, why) => failed(item, why),
	late: (items) => news(`Sent: ${kinds(items)} that waited.`),
});

const hand = new Hand({ model, outbox, wire, changed, news });
const cards = new Cards({ model, outbox, hand });
const pad = new Pad({ model, tap });
const glance = new Glance({ model, wire });
const alarm = new Alarm({ model, outbox, wire, changed });
const ask = new Ask({ ready: boot.ready ?? "", problem: boot.problem ?? "", model, tap });
new Keys({ model, hand, pad, ask, tap });

let run = "", wasAway = false, again = 0;

function takeAll(all) {
	const first = run === "";
	if (!first && all.run !== run) news("Connected again: the agent was started anew.");
	else if (wasAway) news("Connected again.");
	if (all.version && boot.version && all.version !== boot.version) news("The program was updated. Load this page again, with F5.");
	run = all.run;
	model.takeAll(all);
	hand.build();
	hand.begin();
	pad.build();
	ask.build();
	say($("desk"), all.desk ?? "");
	changed();
}

function takeCard(card) {
	const fresh = card.events.findLast((e) => e.rev === 0 && !model.cardOf(e.id)); // others moved here
	model.take(card);
	if (fresh) counted(card, fresh);
	changed();
}

function counted(card, event) {
	hand.arrived(card.id);
	news(`${event.late ? "Saved late" : "Counted"}: ${event.label}, ${timeOf(event.at)}.`);
}

function takeTrouble(trouble) {
	const over = model.trouble?.since && !trouble?.since; // without a since it is over, though not all is stored
	if (trouble?.since && !model.trouble?.since) news("");
	model.trouble = trouble;
	if (over) {
		news("Saving works again.");
		outbox.wake();
	}
	changed();
}

// unsaved is a press that the agent could not store. Of a tap the page tells on which it was made, which sends it again.
function unsaved(press) {
	if (press.source !== "page") alarm.unsaved(press);
	changed();
}

function tap(tag) {
	const guard = model.desk.guard_ms ?? 0; // as the agent's own, which would refuse it later
	if (outbox.waiting.some((i) => i.kind === "tap" && i.body.tag === tag.code && model.now() - i.born < guard)) {
		return news(`Tapped already, and ${notSaved} yet: ${tag.label}.`);
	}
	hand.yield();
	const item = outbox.tap(tag);
	if (item.waited) kept(item);
	else setTimeout(() => outbox.items.includes(item) && !item.waited && pad.fate(tag.code, "wait"), slow);
}

// kept is told when something was not saved at once.
function kept(item) {
	if (item.kind === "tap") {
		pad.fate(item.body.tag, "bad");
		hand.arrived(item.id);
	}
	changed();
}

function sent(item, { event, scrubbed: taken, duplicate }) {
	if (item.kind === "tap") {
		const inHand = hand.id === item.id;
		pad.fate(item.body.tag, event.voided ? "back" : "good");
		hand.renamed(item.id, event);
		if (inHand && !event.voided && !model.cardOf(event.id)) { // the stream tells of it in a moment; till then the focus stays
			const until = new Date(model.now() + 1000 * (model.desk.undo_s ?? 600)).toISOString();
			const card = { id: event.id, at: event.at, until, events: [event] };
			model.take(card);
			if (!duplicate) counted(card, event);
		}
	} else if (event) {
		model.merge(event);
	}
	if (item.what === "undo") news(`Taken back: ${item.label}.`);
	if (item.what === "change") news(`Changed: ${event.label}.`);
	if ("note" in item.body && event && !(duplicate && item.edited)) { // else the note goes by itself
		const what = taken > 0 ? `${scrubbed(taken, event.note)} This is what is stored.` : `Saved ${timeOf(model.now())}`;
		hand.noteIs(event.id, taken > 0 ? "wait" : "good", what);
		news(taken > 0 ? what : `Note saved: ${event.label}.`);
	}
	if (outbox.waiting.length === 0) pad.relieved();
	changed();
}

// refused is told of a tap that is not stored, as that tag was counted already or as it was taken back. What was written
// for it goes to the event that was counted, where that has no words; else it is shown.
function refused(item, { result, event }) {
	const back = result === "taken_back", words = back ? "Taken back" : "Already counted";
	pad.fate(item.body.tag, back ? "back" : "twice");
	news(`${words}: ${item.label}.`);
	const typed = model.drafts.get(item.id), note = typed ?? item.body.note;
	model.drafts.delete(item.id);
	if (event) hand.renamed(item.id, event);
	if (!note) return;
	if (!event || outbox.view(event).note || model.drafts.has(event.id)) alarm.failed({ what: "note", label: item.label }, words, note);
	else if (typed !== undefined && model.cardOf(event.id)) model.drafts.set(event.id, typed);
	else outbox.amend(event, { note });
}

// failed is told what will never be stored. Words are put back where they were typed, or shown where that is gone.
function failed(item, why) {
	if (item.kind === "tap") pad.fate(item.body.tag, "bad");
	let note = model.drafts.get(item.id) ?? item.body.note;
	if (note !== undefined && model.cardOf(item.id)) {
		model.drafts.set(item.id, note);
		hand.noteIs(item.id, "bad", `${notSaved}. ${why}`);
		note = "";
	} else {
		model.drafts.delete(item.id);
	}
	alarm.failed(item, why, note);
}

function stateChanged() {
	if (wire.connected) {
		if (wasAway) again = model.now();
		outbox.wake();
	}
	if (wire.down) {
		news(""); // what was counted last is not what matters now
		outbox.stuck();
	}
	wasAway = wire.connected ? false : wasAway || wire.down;
	changed();
}

function showState() {
	const [kind, words] = {
		connecting: ["wait", "Connecting…"],
		asleep: ["wait", "Not looking while nobody sees this page"],
		away: ["bad", "The agent is not running"],
		other: ["bad", "Another program answers"],
		denied: ["bad", "Not let in any more"],
		full: ["bad", "Too many pages are open"],
		connected: model.trouble?.since ? ["bad", "Connected, but nothing can be saved"]
			: ["good", again ? `Connected again since ${timeOf(again)}` : "Connected"],
	}[wire.state];
	$("state").dataset.state = kind;
	$("state-icon").setAttribute("href", `#i-${kind}`);
	say($("state-words"), words);
	const bad = kind === "bad" || outbox.waiting.length > 0;
	const title = `${bad ? `${notSaved} - ` : ""}${model.desk.desk ? `${model.desk.desk} - ` : ""}Magic button`;
	if (document.title !== title) document.title = title;
}

// Once a second: the time that is left to take something back, and what is older than ten minutes goes.
setInterval(() => {
	hand.tick();
	hand.forget();
	if (model.expire(document.activeElement === $("note") ? hand.id : "")) changed();
}, 1000);

addEventListener("beforeunload", (e) => {
	const typed = [...model.drafts.values()].some((text) => text.trim() !== "");
	if (outbox.busy || typed) e.preventDefault();
});

wire.look();
