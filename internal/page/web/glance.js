// The desk's own day and week, never a person's; and what was done about what customers said.

import { $, make, say, sync } from "./dom.js";
import { count } from "./words.js";

export class Glance {
	#model;
	#wire;
	#shown = null;

	constructor({ model, wire }) {
		this.#model = model;
		this.#wire = wire;
		$("said").addEventListener("toggle", () => this.#said());
	}

	show() {
		const glance = this.#model.glance;
		if (!glance || glance === this.#shown) return;
		this.#shown = glance;
		const of = (n) => `${count(n.count, "tag")} in ${count(n.conversations, "conversation")}`;
		say($("totals"), `Today ${of(glance.day)}. Week ${glance.week.name.slice(-2)}: ${of(glance.week)}.`);
		const most = Math.max(1, ...glance.tags.map((t) => t.week));
		sync($("bars").tBodies[0], glance.tags, (t) => t.code, () => this.#row(), (row, tag) => {
			const [name, day, week, bar] = row.children;
			say(name, tag.label);
			say(day, String(tag.day));
			say(week, String(tag.week));
			bar.firstElementChild.style.inlineSize = `${100 * tag.week / most}%`;
			bar.firstElementChild.firstElementChild.style.inlineSize = tag.week ? `${100 * tag.day / tag.week}%` : "0";
		});
		$("bars").hidden = glance.tags.length === 0;
	}

	#row() {
		return make("tr", {}, make("th", { scope: "row" }), make("td", { class: "n" }), make("td", { class: "n" }),
			make("td", { class: "bar", "aria-hidden": "true" }, make("span", {}, make("span"))));
	}

	async #said() {
		if (!$("said").open) return;
		const said = await this.#wire.get("/said");
		const box = $("said-list");
		if (said === null) return box.replaceChildren(make("p", { class: "soft" }, "The agent does not answer: open this again later."));
		if (said.length === 0) {
			return box.replaceChildren(make("p", { class: "soft" }, "Nothing is written down yet. Whoever reads the tags writes it down with magicbutton action."));
		}
		box.replaceChildren(make("ul", {}, ...said.map((s) => make("li", {},
			make("h3", {}, s.label),
			make("p", {}, s.what),
			make("p", { class: "soft" }, [s.owner, s.since && `since ${s.since}`].filter(Boolean).join(", ")),
			...s.outcome ? [make("p", {}, s.outcome)] : []))));
	}
}
