// The connection to the agent: a stream of what happens on the desk, and the requests.
//
// Another program may take the port while the agent is away. So nothing but a random challenge goes out before
// the one that answers has proved that it is the agent which made this page: no cookie, no tag, no note.

const proofTimeout = 4_000; // ms; the agent is on this very computer
const checkEvery = 20_000, checkTimeout = 10_000; // ms; a program that hangs keeps its connections open
const postTimeout = 12_000; // longer than the agent waits for a disk that hangs
const passHeader = "X-Magicbutton-Pass";
const firstDelay = 500, longestDelay = 5_000; // ms between tries to connect

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hexOf = (bytes) => Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, "0")).join("");

// random is a name that nobody else gives: 128 bits.
export const random = () => hexOf(crypto.getRandomValues(new Uint8Array(16)));

// The states: connecting, connected, away (nobody answers), other (who answers is not the agent), denied (the
// browser's cookie is no more good), full (too many pages are open), asleep (nobody looks at the page).
export class Wire {
	state = "connecting";
	#boot;
	#hear; // what to do with each kind of message
	#busy; // says whether the page must stay connected while nobody looks at it
	#changed;
	#stream = null;
	#timer = 0;
	#tries = 0;
	#trying = false;
	#pass = ""; // what only a page of this agent can send, and only to this run of it

	constructor(boot, { hear, busy, changed }) {
		this.#boot = boot;
		this.#hear = hear;
		this.#busy = busy;
		this.#changed = changed;
		document.addEventListener("visibilitychange", () => this.look());
		addEventListener("pageshow", (e) => e.persisted && this.look());
		addEventListener("pagehide", () => {
			this.#close();
			this.#become("asleep");
		});
		setInterval(() => this.#check(), checkEvery);
	}

	get connected() {
		return this.state === "connected";
	}

	// down says that what is done now will have to wait.
	get down() {
		return ["away", "other", "denied", "full"].includes(this.state);
	}

	// look connects where the page is seen, and lets go of the connection where it is not: a browser has but six to one host.
	look() {
		const wanted = !document.hidden || this.#busy();
		if (wanted && this.state !== "connected") {
			this.#tries = 0;
			this.#connect();
		}
		this.rest();
	}

	// rest lets go of the connection where nobody needs it.
	rest() {
		if (this.connected && document.hidden && !this.#busy()) {
			this.#close();
			this.#become("asleep");
		}
	}

	// post sends a request that changes something. It throws where no answer came.
	async post(path, body) {
		const response = await fetch(path, {
			method: "POST", headers: { "Content-Type": "application/json", [passHeader]: this.#pass }, body: JSON.stringify(body),
			cache: "no-store", redirect: "error", signal: AbortSignal.timeout(postTimeout),
		});
		const data = await response.json();
		if (response.status === 403 && data.code === "proof") throw new Error("the agent was started anew"); // it proves itself first
		if (response.status === 401) this.lost("denied");
		return { ok: response.ok, status: response.status, data };
	}

	// get asks for something; null where it could not be had.
	async get(path) {
		if (!this.connected) return null;
		try {
			const response = await fetch(path, {
				headers: { [passHeader]: this.#pass }, cache: "no-store", redirect: "error", signal: AbortSignal.timeout(postTimeout),
			});
			return response.ok ? await response.json() : null;
		} catch {
			return null;
		}
	}

	// lost is for whoever finds that the agent does not answer any more. Who does is asked before anything is said of it.
	lost(state = "connecting") {
		this.#close();
		this.#become(state);
		this.#later();
	}

	#become(state) {
		if (this.state === state) return;
		this.state = state;
		this.#changed();
	}

	#close() {
		clearTimeout(this.#timer);
		this.#stream?.close();
		this.#stream = null;
	}

	#later() {
		clearTimeout(this.#timer);
		if (document.hidden && !this.#busy()) return; // look is called when it is seen
		this.#timer = setTimeout(() => this.#connect(), Math.min(longestDelay, firstDelay * 2 ** this.#tries));
		this.#tries += 1;
	}

	async #connect() {
		if (this.#trying) return;
		this.#trying = true;
		this.#close();
		const who = await this.#prove();
		this.#trying = false;
		if (who === "agent") {
			if (this.state === "away" || this.state === "other") this.#become("connecting");
			return this.#listen();
		}
		this.#become(who);
		this.#later();
	}

	// prove tells who answers on the port: agent, other or away.
	async #prove(timeout = proofTimeout) {
		const challenge = random();
		let answer, run;
		try {
			const response = await fetch(`/prove?session=${encodeURIComponent(this.#boot.session)}&challenge=${challenge}`, {
				credentials: "omit", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(timeout),
			});
			answer = response.ok ? (await response.text()).trim() : "";
			run = response.headers.get("X-Magicbutton-Run") ?? "";
		} catch {
			return "away";
		}
		const key = await crypto.subtle.importKey("raw", bytesOf(this.#boot.proof), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
		const mac = async (text) => hexOf(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
		if (answer !== await mac(challenge)) return "other";
		this.#pass = await mac(`pass ${run}`);
		return "agent";
	}

	async #check() {
		const stream = this.#stream;
		if (!this.connected) return;
		const who = await this.#prove(checkTimeout);
		if (who !== "agent" && stream === this.#stream) this.lost(who);
	}

	get #streamAddress() {
		return `/stream?pass=${this.#pass}`;
	}

	#listen() {
		const stream = new EventSource(this.#streamAddress);
		this.#stream = stream;
		let opened = false;
		stream.addEventListener("open", () => { opened = true; });
		for (const [name, act] of Object.entries(this.#hear)) {
			stream.addEventListener(name, (message) => {
				if (stream === this.#stream) act(JSON.parse(message.data));
			});
		}
		stream.addEventListener("all", () => {
			this.#tries = 0;
			this.#become("connected");
		});
		stream.addEventListener("bye", () => stream === this.#stream && this.lost());
		stream.addEventListener("error", async () => {
			if (stream !== this.#stream) return;
			this.#close(); // it would connect again by itself, to whoever answers
			this.lost(opened ? "connecting" : await this.#why());
		});
	}

	// why tells why the agent, which proved itself, gives no stream.
	async #why() {
		try {
			const response = await fetch(this.#streamAddress, { method: "HEAD", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(proofTimeout) });
			return { 401: "denied", 503: "full" }[response.status] ?? "connecting";
		} catch {
			return "connecting";
		}
	}
}
