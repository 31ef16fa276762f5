// Hands the one-time ticket, which `magicbutton open` put behind the address's #, to the agent.
// What stands behind a # is sent to nobody by itself, and is taken out of the address at once, so that
// it stays in no history.

const ticket = location.hash.slice(1);
history.replaceState(null, "", "/in");

const say = (title, why) => {
	document.getElementById("title").textContent = title;
	document.getElementById("why").textContent = why;
	document.getElementById("again").hidden = false;
};

try {
	if (ticket === "") throw new Error("This address works once only. To be let in again, run");
	const answer = await fetch("/in", {
		method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ticket }),
		cache: "no-store", redirect: "error", signal: AbortSignal.timeout(10_000),
	});
	if (answer.ok) {
		location.replace("/");
	} else {
		throw new Error("The ticket was used already, or is older than a minute. Run it once more:");
	}
} catch (problem) {
	const known = problem.constructor === Error;
	say("Not let in", known ? problem.message : "The agent does not answer. Is it running? Then run");
}
