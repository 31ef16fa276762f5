// A webkey's address, /tag/CODE, opens the page with a question. To open it stores nothing; to answer it does.

import { $, say } from "./dom.js";
import { sentence } from "./words.js";

const arming = 400; // ms: the Enter with which a webkey ends its address is not the answer

export class Ask {
	#code;
	#problem;
	#tag = null;
	#model;
	#tap;

	constructor({ ready, problem, model, tap }) {
		this.#code = ready;
		this.#problem = problem;
		this.#model = model;
		this.#tap = tap;
		$("ask").hidden = ready === "";
		$("ask-yes").addEventListener("click", () => this.#yes());
		$("ask-no").addEventListener("click", () => this.no());
		$("ask-yes").addEventListener("keydown", (e) => {
			if (e.repeat) e.preventDefault();
		});
		if (ready !== "") $("ask-title").focus();
	}

	// build asks, once the desk's tags are known.
	build() {
		if (this.#code === "") return;
		const had = this.#tag;
		this.#tag = this.#model.tag(this.#code) ?? null;
		if (!this.#tag) {
			say($("ask-title"), `The tag “${this.#code}” cannot be used on this desk`);
			say($("ask-words"), `Nothing was stored. ${sentence(this.#problem)}`);
			$("ask-yes").hidden = true;
			$("ask-no").firstChild.data = "OK ";
			$("ask-no").focus();
			return;
		}
		say($("ask-title"), `Tag this conversation: ${this.#tag.label}?`);
		if (!had) setTimeout(() => this.#arm(), arming);
	}

	#arm() {
		if (this.#code === "") return;
		$("ask-yes").disabled = false;
		if (document.activeElement === $("ask-title") || document.activeElement === document.body) $("ask-yes").focus();
	}

	#yes() {
		const tag = this.#tag;
		this.#over();
		this.#tap(tag);
	}

	// no is the other answer; it says whether there was a question.
	no() {
		if (this.#code === "") return false;
		this.#over();
		return true;
	}

	// The address becomes the page's own, so that to load it again asks nothing.
	#over() {
		this.#code = "";
		history.replaceState(null, "", "/");
		$("ask").hidden = true;
		$("hand").focus();
	}
}
