// What the rep did and the agent has not answered for yet. It is sent in order, and kept in memory until the agent
// says that it is on the disk or that it never will be.

import { random } from "./wire.js";

const again = 5_000; // ms until what the disk did not take is sent once more

export class Outbox {
	items = [];
	#wire;
	#model;
	#tell;
	#running = false;
	#sentLate = [];
	#timer = 0;

	// tell has changed(), sent(item, data), refused(item, data), kept(item), failed(item, why) and late(items).
	constructor(wire, model, tell) {
		this.#wire = wire;
		this.#model = model;
		this.#tell = tell;
	}

	// waiting are those that were not saved at once.
	get waiting() {
		return this.items.filter((i) => i.waited);
	}

	get busy() {
		return this.items.length > 0;
	}

	// tap tags a conversation. Its ref is the same however often it is sent, so that it counts once.
	tap(tag) {
		return this.#add({
			kind: "tap", what: "tag", label: tag.label, born: this.#model.now(), id: `ref:${random()}`, body: { tag: tag.code },
		});
	}

	amend(event, fields) {
		const mine = this.items.find((i) => i.id === event.id && !i.flying && i.kind !== "void");
		const what = "note" in fields ? "note" : "change";
		if (mine) { // one that still waits says it all at once
			Object.assign(mine.body, fields);
			if (mine.kind === "amend" && what === "note") mine.what = what;
			mine.edited ||= mine.tries > 0;
			this.#tell.changed();
			return mine;
		}
		return this.#add({ kind: "amend", what, label: event.label, born: this.#model.now(), id: event.id, body: { ...fields } });
	}

	void(event) {
		const tap = this.items.find((i) => i.kind === "tap" && i.id === event.id);
		if (tap && !tap.flying && tap.tries === 0) { // it was never sent
			this.#remove(tap);
			this.#tell.changed();
			return tap;
		}
		return this.#add({ kind: "void", what: "undo", label: event.label, born: this.#model.now(), id: event.id, body: {} });
	}

	// leaving says whether an event is about to be taken back.
	leaving(id) {
		return this.items.some((i) => i.kind === "void" && i.id === id);
	}

	of(id) {
		return this.items.find((i) => i.id === id && i.kind !== "void");
	}

	// view is an event as it will be once everything is sent.
	view(event) {
		const wishes = this.items.filter((i) => i.kind === "amend" && i.id === event.id);
		return wishes.reduce((e, i) => ({ ...e, ...i.body }), event);
	}

	// unsaved are cards of the tags that wait here, as if they were stored.
	unsaved() {
		return this.waiting.filter((i) => i.kind === "tap").map((i) => {
			const { ref, at, ...said } = i.body;
			const tag = this.#model.tag(said.tag);
			const event = {
				seq: 0, rev: 0, label: i.label, stage: tag?.stage ?? "", channel: "", tried: "", forced: false, note: "", ...said,
				id: i.id, at: new Date(i.born).toISOString(),
			};
			return { id: i.id, at: event.at, until: null, unsaved: true, events: [event] };
		});
	}

	// run sends what there is to send.
	async run() {
		if (this.#running) return;
		this.#running = true;
		try {
			for (let item = this.#next(); item; item = this.#next()) await this.#send(item);
		} finally {
			this.#running = false;
			if (this.#next()) setTimeout(() => this.run(), again); // what is told of one must not hold up the others
		}
		this.#wire.rest();
		if (this.#sentLate.length > 0 && !this.waiting.some((i) => !i.resting)) {
			this.#tell.late(this.#sentLate.splice(0));
		}
		this.#tell.changed();
	}

	// wake sends again what the disk did not take.
	wake() {
		for (const i of this.items) i.resting = false;
		return this.run();
	}

	// stuck is told that nothing can be sent now.
	stuck() {
		for (const i of this.items) this.#keep(i, i.why);
	}

	// next is what can be sent: of what was done to a tag that is not stored yet, the tag alone.
	#next() {
		return this.#wire.connected ? this.items.find((i) => !i.resting && (i.kind === "tap" || !i.id.startsWith("ref:"))) : undefined;
	}

	#add(item) {
		Object.assign(item, { tries: 0, waited: this.#wire.down, resting: false, flying: false, edited: false, why: "" });
		if (item.kind === "tap") item.body.ref = item.id.slice("ref:".length);
		this.items.push(item);
		this.#tell.changed();
		this.run();
		return item;
	}

	#remove(item) {
		this.items = this.items.filter((i) => i !== item);
	}

	async #send(item) {
		if (item.waited && item.kind === "tap") item.body.at = new Date(item.born).toISOString();
		const path = item.kind === "tap" ? "/tap" : `/events/${encodeURIComponent(item.id)}/${item.kind}`;
		item.flying = true;
		const answer = await this.#wire.post(path, item.body).catch(() => null);
		item.flying = false;
		item.tries += 1;
		if (answer === null) { // whether it arrived nobody knows: it is sent again, and counts once
			this.#keep(item, "");
			this.#wire.lost();
		} else if (answer.ok) this.#took(item, answer.data);
		else this.#answered(item, answer);
	}

	// took reads an answer that is none of an error: a tap may have had another fate than being stored.
	#took(item, data) {
		if (data.result === "waiting" || data.result === "not_saved") return this.#rest(item, data.reason, data.result);
		this.#remove(item);
		if (data.result === "refused" || data.result === "taken_back") {
			this.#forget(item);
			return this.#tell.refused(item, data);
		}
		if (item.waited) this.#sentLate.push(item);
		if (item.kind === "tap") this.#settle(item, data);
		this.#tell.sent(item, data);
	}

	// settle gives what was done to a tag before it was stored the id that it has now.
	#settle(item, { event, duplicate }) {
		if (duplicate) this.#fold(item); // what was stored is as it was first sent
		for (const i of this.items) {
			if (i.id === item.id) i.id = event.id;
		}
		const { tag, ref, at, ...said } = item.body;
		if (tag !== event.tag) said.tag = tag;
		if (duplicate && item.edited) this.amend(event, said);
	}

	// forget drops what was done to a tag that is not stored and never will be. The tap keeps what was said of it.
	#forget(tap) {
		this.#fold(tap);
		this.items = this.items.filter((i) => i.id !== tap.id);
	}

	// fold makes what was said of a tag while it was sent a part of it.
	#fold(tap) {
		const mine = this.items.filter((i) => i.kind === "amend" && i.id === tap.id);
		for (const i of mine) Object.assign(tap.body, i.body);
		tap.edited ||= mine.length > 0;
		this.items = this.items.filter((i) => !mine.includes(i));
	}

	#answered(item, { status, data }) {
		const why = data?.message ?? data?.reason ?? "";
		if (item.kind === "void" && status === 409) { // it was taken back already
			this.#remove(item);
			return this.#tell.sent(item, {});
		}
		if (status >= 500 || status === 408 || status === 429) return this.#rest(item, why, "not_saved");
		if (status === 401) return this.#keep(item, why);
		this.#remove(item);
		if (item.kind === "tap") this.#forget(item);
		this.#tell.failed(item, why);
	}

	#rest(item, why, fate) {
		item.resting = true;
		item.fate = fate;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.wake(), again);
		this.#keep(item, why);
	}

	#keep(item, why) {
		item.why = why;
		if (item.kind === "tap" && !item.flying) this.#fold(item);
		if (!item.waited) {
			item.waited = true;
			this.#tell.kept(item);
		}
		this.#tell.changed();
	}
}
