// Keeps the stream of events to this node, and says when it is broken.

const PATIENCE = 10_000;
const PAUSE = 2_000;

export function connect(handlers) {
	let source = null;
	let heard = 0;
	let lostSince = null;
	let retry = null;

	function alive() {
		heard = Date.now();
		if (lostSince !== null || !alive.before) {
			lostSince = null;
			alive.before = true;
			handlers.live();
		}
	}

	function lost(why) {
		if (lostSince === null) {
			lostSince = Date.now();
		}
		handlers.lost(lostSince, why);
	}

	function listen(name, handler) {
		source.addEventListener(name, (event) => {
			alive();
			handler(JSON.parse(event.data));
		});
	}

	function open() {
		close();
		heard = Date.now();
		source = new EventSource("ha/stream");
		listen("state", handlers.state);
		listen("lag", handlers.lag);
		source.addEventListener("bye", () => {
			lost("stopping");
			again();
		});
		source.addEventListener("error", () => {
			lost("gone");
			again();
		});
	}

	function close() {
		clearTimeout(retry);
		source?.close();
		source = null;
	}

	// An event stream does not tell why it was refused.
	async function again() {
		close();
		retry = setTimeout(open, PAUSE);
		try {
			const response = await fetch("ha/state", { redirect: "manual", cache: "no-store" });
			if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
				lost("forbidden");
			}
		}
		catch {
			// There is no connection, as has been said
		}
	}

	// A node that was cut off does not close anything. It just is silent.
	setInterval(() => {
		if (source && Date.now() - heard > PATIENCE) {
			lost("silent");
			again();
		}
	}, 1_000);
	addEventListener("pagehide", close);
	addEventListener("pageshow", (event) => event.persisted && open());
	open();
}
