// The keyboard. A single letter or digit acts only while no text field has the focus; Ctrl and a digit always.

import { $, say } from "./dom.js";

const inField = (target) => target instanceof Element && target.closest("input, textarea, select") !== null;

// digitOf is the digit of a key, "" for any other. Keyboards on which digits need Shift have them without it, too.
function digitOf(e) {
	if (/^[0-9]$/.test(e.key)) return e.key;
	if (e.code.startsWith("Digit") && !e.shiftKey) return e.code.slice("Digit".length);
	return "";
}

export class Keys {
	#digits = true;
	#letters = true;
	#model;
	#hand;
	#pad;
	#ask;
	#tap;

	constructor({ model, hand, pad, ask, tap }) {
		this.#tap = tap;
		this.#model = model;
		this.#hand = hand;
		this.#pad = pad;
		this.#ask = ask;
		document.addEventListener("keydown", (e) => this.#down(e));
		$("digits").addEventListener("click", () => {
			this.#digits = !this.#digits;
			this.#switch($("digits"), "Digits tag", this.#digits);
		});
		$("letters").addEventListener("click", () => {
			this.#letters = !this.#letters;
			this.#switch($("letters"), "Letter keys", this.#letters);
		});
		$("help").addEventListener("click", () => $("keys").showModal());
		$("keys-close").addEventListener("click", () => $("keys").close());
	}

	#switch(button, name, on) {
		button.setAttribute("aria-checked", String(on));
		say(button, `${name}: ${on ? "on" : "off"}`);
	}

	#down(e) {
		if (e.defaultPrevented || e.isComposing || e.altKey || e.metaKey) return;
		const digit = digitOf(e), tag = this.#pad.tagOf(digit);
		if (tag && e.ctrlKey && !e.shiftKey) {
			e.preventDefault(); // else some browsers change to another tab
			if (!e.repeat) this.#tap(tag);
			return;
		}
		if (e.ctrlKey || $("keys").open || inField(e.target)) return;
		if (digit) {
			if (tag && this.#digits && !e.repeat) this.#tap(tag);
		} else if (this.#act(e)) {
			e.preventDefault();
		}
	}

	#act(e) {
		const onCard = document.activeElement.classList.contains("card"); // elsewhere the arrows scroll the page
		switch (e.key) {
		case "ArrowDown": return onCard && this.#step(1);
		case "ArrowUp": return onCard && this.#step(-1);
		case "Escape": return this.#ask.no();
		case "?": $("keys").showModal(); return true;
		}
		if (!this.#letters || e.key.length !== 1) return false;
		const letter = e.key.toLowerCase();
		if (letter === "j" || letter === "k") return this.#step(letter === "j" ? 1 : -1);
		if (e.repeat) return false;
		return this.#letter(letter, e.shiftKey);
	}

	#letter(letter, shift) {
		const { stages, channels } = this.#model.desk;
		const channel = channels.find((w) => w.key === letter), stage = stages.find((w) => w.key === letter);
		if (shift && channel) this.#hand.tried(channel.code);
		else if (shift) return false;
		else if (letter === "n") this.#hand.newest();
		else if (letter === "z") this.#hand.takeBack();
		else if (channel) this.#hand.channel(channel.code);
		else if (stage) this.#hand.stage(stage.code);
		else return false;
		return true;
	}

	// The focus goes with the card where it was on one.
	#step(by) {
		const onCard = document.activeElement?.classList.contains("card");
		this.#hand.step(by);
		if (onCard) queueMicrotask(() => $("cards").querySelector('[aria-current="true"]')?.focus());
		return true;
	}
}
