// The buttons: what will happen is said before, and what came of it afterwards.

import { byId, el, setText } from "./dom.js";
import { duration, sentence } from "./format.js";

const WORDS = {
	DONE: "Done",
	ACCEPTED: "Under way",
	REFUSED: "Refused",
	NOT_CONFIRMED: "Not confirmed",
	FAILED: "Failed",
	UNKNOWN: "Not known",
	INVALID: "Not understood",
};

const STRANGER = { outcome: "REFUSED", message: "You are not logged in." };

let state = null;
let busy = false;
let connected = false;
let confirmed = null;

export function showActions(latest) {
	state = latest;
	update();
}

export function setConnected(value) {
	connected = value;
	update();
}

function update() {
	if (!state) {
		return;
	}
	byId("actions").hidden = !state.writable;
	byId("read-only").hidden = state.writable;
	const focused = document.activeElement;
	byId("pause").hidden = state.pause !== null;
	byId("resume").hidden = state.pause === null;
	// The button that was pressed has given way to the other one
	if (focused === byId("pause") && byId("pause").hidden) {
		byId("resume").focus();
	}
	else if (focused === byId("resume") && byId("resume").hidden) {
		byId("pause").focus();
	}
	for (const button of byId("actions").querySelectorAll("button")) {
		// Not "disabled", which would take the focus away
		button.setAttribute("aria-disabled", String(busy || !connected));
	}
}

function showOutcome(title, text, working) {
	const place = byId("outcome");
	const dismiss = working ? null : el("button", { type: "button", class: "plain", "aria-label": "Dismiss this message" }, "Dismiss");
	dismiss?.addEventListener("click", () => {
		place.replaceChildren();
		byId("switchover").focus();
	});
	place.replaceChildren(el("p", { class: "banner" }, el("strong", {}, title), ` ${text} `, dismiss));
}

const isStranger = (response) => response.type === "opaqueredirect" || response.status === 401;

// Only a logged in user gets one, where a login is asked for. An action without it would be
// refused before anybody asks who is logged in, and so would not tell that nobody is.
const askToken = () => fetch("ha/csrf", { redirect: "manual", cache: "no-store" });

async function token(response) {
	if (response.status === 200) {
		const { header, token: value } = await response.json();
		return { [header]: value };
	}
	return {};
}

async function answer(response) {
	const text = await response.text();
	try {
		return JSON.parse(text);
	}
	catch {
		// The session may have ended since the token was asked for
		if (isStranger(response) || (response.status === 403 && isStranger(await askToken()))) {
			return STRANGER;
		}
		return { outcome: "REFUSED", message: response.status === 403 ? "You are not allowed to do that."
			: `The node answered with status ${response.status}.` };
	}
}

async function post(name, parameters) {
	const asked = await askToken();
	return isStranger(asked) ? STRANGER : await answer(await fetch(`ha/actions/${name}`, {
		method: "POST",
		headers: { "X-HA-Console": "1", ...await token(asked) },
		body: new URLSearchParams(parameters),
		redirect: "manual",
	}));
}

async function act(name, parameters, title) {
	busy = true;
	update();
	showOutcome(title, "Under way. This page shows each step.", true);
	try {
		const { outcome, message } = await post(name, parameters);
		showOutcome(`${title}: ${(WORDS[outcome] ?? "not understood").toLowerCase()}.`, message ? sentence(message) : "");
	}
	catch {
		showOutcome(`${title}: not known.`, "The connection broke before the node had answered. What this page shows tells.");
	}
	finally {
		busy = false;
		update();
	}
}

function ask({ title, text, confirm, fields, onConfirm }) {
	if (busy || !connected) {
		return;
	}
	setText(byId("dialog-title"), title);
	setText(byId("dialog-text"), text);
	setText(byId("dialog-confirm"), confirm);
	byId("dialog-fields").replaceChildren(...fields);
	confirmed = onConfirm;
	byId("dialog").showModal();
}

function choice(value, name, detail, disabled, checked) {
	return el("label", { class: "choice" },
		el("input", { type: "radio", name: "target", value, disabled, checked }),
		el("span", {}, el("span", { class: "name" }, name), el("span", { class: "quiet" }, detail)));
}

function why(member) {
	if (!member.alive) {
		return "is gone";
	}
	if (member.priority === 0) {
		return "priority 0: never leads";
	}
	return member.eligible ? null : member.failure ?? "cannot lead now";
}

function switchover() {
	const others = state.members.filter((member) => member.id !== state.leader);
	const able = others.filter((member) => why(member) === null);
	ask({
		title: "Switch over",
		text: able.length
			? `${state.leader ?? "The leader"} stops its backend, ships what was written last, and hands over. Clients have no service for as long as that takes; no committed transaction is lost.`
			: "No other member qualifies now, so the cluster is likely to refuse.",
		confirm: "Switch over",
		fields: [el("fieldset", {}, el("legend", {}, "Who is to lead"),
			choice("", "The best of those who qualify", "the cluster chooses", false, true),
			...others.map((member) => choice(member.id, member.id,
				why(member) ?? (member.lag === null ? "ready" : `${duration(member.lag * 1000)} behind`), why(member) !== null, false)))],
		onConfirm: (data) => act("switchover", { target: data.get("target") ?? "" }, "Switchover"),
	});
}

function pause() {
	ask({
		title: "Pause the cluster",
		text: "The cluster does nothing by itself until it is resumed: nobody is promoted, nothing is started or stopped, the leader keeps its lease. If the leader fails meanwhile, nobody takes over.",
		confirm: "Pause",
		fields: [el("label", { class: "field" }, "Reason, for the others", el("input", { name: "reason", maxlength: "200", autocomplete: "off" }))],
		onConfirm: (data) => act("pause", { reason: data.get("reason") ?? "" }, "Pause"),
	});
}

function resume() {
	ask({
		title: "Resume the cluster",
		text: "The cluster acts by itself again. If there is no leader, the members elect one at once.",
		confirm: "Resume",
		fields: [],
		onConfirm: () => act("resume", {}, "Resume"),
	});
}

byId("switchover").addEventListener("click", switchover);
byId("pause").addEventListener("click", pause);
byId("resume").addEventListener("click", resume);
byId("dialog-cancel").addEventListener("click", () => byId("dialog").close());
byId("dialog").querySelector("form").addEventListener("submit", (event) => {
	event.preventDefault();
	const data = new FormData(event.target);
	byId("dialog").close();
	confirmed(data);
});
