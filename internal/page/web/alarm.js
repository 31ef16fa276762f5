// NOT saved: whatever could not be stored, said in words at the bottom of the window until it is over.

import { $, icon, make, say, sync } from "./dom.js";
import { count, kinds, notSaved, reason as because, sentence, short, timeOf } from "./words.js";

const most = 20; // lines about single presses; more would hide the page

export class Alarm {
	#model;
	#outbox;
	#wire;
	#changed;
	#lost = []; // presses of the desk, and what the agent refused of this page
	#number = 0;

	constructor({ model, outbox, wire, changed }) {
		this.#model = model;
		this.#outbox = outbox;
		this.#wire = wire;
		this.#changed = changed;
	}

	// unsaved is a press that the agent could not store. One that waits in its memory is counted with the trouble.
	unsaved({ label, reason, waiting }) {
		if (waiting) return;
		this.#add(`${label}, ${timeOf(this.#model.now())}. ${because(reason ?? "")} It is lost: press again.`);
	}

	// failed is a request of this page that will never be stored. words is what the rep wrote, where nothing else shows it.
	failed(item, why, words = "") {
		const what = { tag: "the tag", note: "the note on", change: "the correction of", undo: "taking back" }[item.what];
		this.#add(`${what} ${item.label}. ${sentence(why)}${words && ` To copy: “${words}”`}`);
	}

	#add(text) {
		this.#number += 1;
		this.#lost = [...this.#lost, { key: `lost ${this.#number}`, text, own: true }].slice(-most);
		this.#changed();
	}

	show() {
		sync($("alarm"), [...this.#lines(), ...this.#lost], (l) => l.key, (l) => this.#make(l), (node, line) => {
			say(node.querySelector(".text"), line.text);
		});
		document.body.classList.toggle("alarmed", $("alarm").childElementCount > 0);
	}

	// The lines that come and go with the state of things. Each is one sentence to say aloud.
	#lines() {
		const lines = [], trouble = this.#model.trouble;
		const waiting = this.#outbox.waiting.filter((i) => !(this.#wire.connected && i.fate === "waiting")); // those are in the agent's memory
		const add = (key, text, lead = `${notSaved}:`) => lines.push({ key, lead, text });
		if (this.#wire.state === "away") {
			add("away", "the agent is not running, so presses on the buttons do nothing. Start it with: magicbutton agent");
		} else if (this.#wire.state === "other") {
			add("other", "Nothing was sent. Start the agent with: magicbutton agent", "Another program answers on this port.");
		} else if (this.#wire.state === "denied") {
			add("denied", "In a terminal, run: magicbutton open", "This browser is no longer let in.");
		} else if (this.#wire.state === "full") {
			add("full", "This one shows nothing new. Close some of them.", "Too many pages are open.");
		} else if (trouble?.since === "") { // it is over, and what waited is not stored yet
			add("late", `${count(trouble.waiting, "press", "presses")} in the agent’s memory, being stored now.`, `${notSaved} yet:`);
		} else if (trouble) {
			const wait = trouble.waiting > 0 ? ` ${count(trouble.waiting, "press waits", "presses wait")} in the agent’s memory.` : "";
			add("trouble", `since ${timeOf(trouble.since)}. ${because(trouble.text)}${wait} Keep the computer on: the agent tries again by itself.`, notSaved);
		}
		if (waiting.length > 0) {
			const why = this.#wire.connected ? because(waiting.find((i) => i.why)?.why ?? "") : "";
			add("page", `${kinds(waiting)}, kept in this page. Leave it open: it sends by itself. ${trouble ? "" : why}`.trim(), `${notSaved} yet:`);
		}
		return lines;
	}

	#make(line) {
		const node = make("div", { class: "line" }, icon("bad"),
			make("p", {}, make("strong", {}, line.lead ?? `${notSaved}:`), " ", make("span", { class: "text" })));
		if (line.own) {
			const done = make("button", { type: "button", class: "small" }, "OK, I know");
			done.setAttribute("aria-label", `OK, I know: ${short(line.text)}`);
			done.addEventListener("click", () => {
				this.#lost = this.#lost.filter((l) => l.key !== line.key);
				this.#changed();
				($("alarm").querySelector("button") ?? $("hand")).focus();
			});
			node.append(done);
		}
		return node;
	}
}
