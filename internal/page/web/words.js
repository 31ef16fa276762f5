// What the page says of times and numbers, and the sentences that are needed in more than one place.

let clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

// useZone makes times those of the site, not of the browser.
export function useZone(zone) {
	try {
		clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone || undefined });
	} catch {
		// A zone that this browser does not know: its own one is as good as any.
	}
}

export const timeOf = (instant) => clock.format(new Date(instant));

// left is how much time there still is, as m:ss.
export function left(ms) {
	const seconds = Math.max(0, Math.ceil(ms / 1000));
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

// list joins words: "1 note", "1 note and 2 tags", "1 note, 2 tags and 1 correction".
export const list = (words) => words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

// kinds counts things that wait or were sent, by what a rep calls them.
export function kinds(items) {
	const n = { note: 0, tag: 0, change: 0, undo: 0 };
	for (const i of items) n[i.what] += 1;
	return list([
		n.note && count(n.note, "note"), n.tag && count(n.tag, "tag"),
		n.change && count(n.change, "correction"), n.undo && count(n.undo, "tag to take back", "tags to take back"),
	].filter(Boolean));
}

// scrubbed says what the agent took out of a note before it was written.
export function scrubbed(n, note) {
	const what = note.includes("[code]") ? "security code" : "card number";
	if (n === 1) return `A ${what} was taken out of the note.`;
	return `${n} card numbers or security codes were taken out of the note.`;
}

export const notSaved = "NOT saved";

// short cuts a text that is only there to be recognized.
export const short = (text, most = 60) => text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;

// reason says in a rep's words why nothing can be stored; what it does not know it passes on.
export function reason(text) {
	if (/no space left|disk quota/i.test(text)) return "The disk is full.";
	if (/read-only file system/i.test(text)) return "The disk cannot be written to.";
	if (/permission denied|operation not permitted/i.test(text)) return "The file may not be written to.";
	return sentence(text);
}

// sentence gives the reason of a program the look of a sentence.
export function sentence(text) {
	const trimmed = text.trim();
	if (trimmed === "") return "";
	const start = trimmed[0].toUpperCase() + trimmed.slice(1);
	return /[.!?]$/.test(start) ? start : `${start}.`;
}
