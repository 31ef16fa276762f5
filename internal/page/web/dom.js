// The few ways in which the page is built. Whatever comes from elsewhere becomes text: nothing here reads markup.

export const $ = (id) => document.getElementById(id);

// make makes an element with attributes and children; a child that is a string is text.
export function make(name, attributes = {}, ...children) {
	const element = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) {
		if (value !== null) element.setAttribute(key, value);
	}
	element.append(...children);
	return element;
}

// icon makes one of the pictures at the top of the page's markup: good, bad or wait.
export function icon(name) {
	const space = "http://www.w3.org/2000/svg";
	const svg = document.createElementNS(space, "svg"), use = document.createElementNS(space, "use");
	svg.setAttribute("class", "icon");
	svg.setAttribute("aria-hidden", "true");
	use.setAttribute("href", `#i-${name}`);
	svg.append(use);
	return svg;
}

// say puts text into an element, where it is not there yet: a screen reader reads what changes.
export function say(element, text) {
	if (element.textContent !== text) element.textContent = text;
}

// sync makes an element's children follow a list: make(item) makes one, update(node, item) changes it. The node of
// an item stays the same as long as its key does, so that neither the focus nor what a screen reader knows is lost.
export function sync(parent, items, key, makeOne, update) {
	const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
	let next = parent.firstElementChild;
	for (const item of items) {
		const name = key(item);
		let node = old.get(name);
		old.delete(name);
		if (!node) {
			node = makeOne(item);
			node.dataset.key = name;
		}
		if (node === next) next = next.nextElementSibling;
		else parent.insertBefore(node, next);
		update(node, item);
	}
	for (const node of old.values()) node.remove();
}

// press says of a button whether it is the one that was chosen.
export function press(button, on) {
	button.setAttribute("aria-pressed", String(on));
}
