// Shows the state of the cluster.

import { byId, el, reconcile, setAttribute, setText, svg } from "./dom.js";
import * as format from "./format.js";

const SHAPES = {
	leader: "M8 1l7 7-7 7-7-7z",
	follower: "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11z",
	moving: "M8 2l6.5 11.5h-13z",
	gone: "M3 3l10 10M13 3L3 13",
};

const KINDS = {
	START_UP: "Starting up",
	PROMOTION: "Becoming leader",
	UNWIND: "Undoing a promotion",
	RESTART: "Restarting the backend",
	STEP_DOWN: "Stepping down",
	URGENT_STEP_DOWN: "Stepping down, the lease is lost",
};

const MARKS = { DONE: "✓", SKIPPED: "–", FAILED: "✕", TIMED_OUT: "✕", INTERRUPTED: "✕" };

// Labels of more characters get lines of their own.
const LONG = 60;

let offset = 0;

export function serverNow() {
	return Date.now() + offset;
}

export function setServerTime(at) {
	offset = at - Date.now();
}

function shape(kind) {
	return svg("svg", { class: `shape ${kind}`, viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true" },
		svg("path", { d: SHAPES[kind] }));
}

function roleOf(member) {
	if (!member.alive) {
		return ["gone", member.state === "STOPPED" ? "Stopped" : "Gone"];
	}
	if (member.state === "PROMOTING") {
		return ["moving", "Becoming leader"];
	}
	if (member.state === "DEMOTING") {
		return ["moving", "Becoming follower"];
	}
	return member.role === "LEADER" ? ["leader", "Leader"] : ["follower", "Follower"];
}

export function leadershipText(state) {
	const term = state.terms.find((candidate) => candidate.leader === state.leader && candidate.to === null);
	if (state.leader === null) {
		const next = state.members.find((candidate) => candidate.alive && candidate.state === "PROMOTING");
		return next ? `Nobody leads yet; ${next.id} is becoming leader.` : "Nobody leads.";
	}
	const member = state.members.find((candidate) => candidate.id === state.leader);
	const since = term && term.epoch === member.epoch ? `, for ${format.duration(serverNow() - term.from)}` : "";
	return `${state.leader} leads in epoch ${member.epoch}${since}.`;
}

function followersText(state) {
	const followers = state.members.filter((member) => member.alive && member.id !== state.leader);
	const gone = state.members.filter((member) => !member.alive);
	const behind = followers.map((member) => member.lag).filter((lag) => lag !== null);
	const parts = [];
	if (followers.length) {
		parts.push(`${format.plural(followers.length, "follower", "followers")}${behind.length
			? `, ${format.duration(Math.max(...behind) * 1000)} behind${behind.length > 1 ? " at most" : ""}` : ""}.`);
	}
	else {
		parts.push("There is no follower to take over.");
	}
	if (gone.length) {
		parts.push(`${gone.map((member) => member.id).join(", ")} ${gone.length === 1 ? "is" : "are"} gone.`);
	}
	return parts.join(" ");
}

function showLede(state) {
	setText(byId("lede"), `${leadershipText(state)} ${followersText(state)}`);
}

function row(member) {
	const cell = (label, css) => el("td", { role: "cell", "data-label": label, class: css });
	return el("tr", { role: "row" },
		el("th", { role: "rowheader", scope: "row", "data-label": "Member" }, el("span", { class: "name" }), el("span", { class: "quiet labels" }), el("span", { class: "failure" })),
		cell("Role"), cell("Lag", "number"), cell("Position", "number"), cell("Backend"), cell("Priority", "number"), cell("Last heard", "number"));
}

function showMember(state, tableRow, member) {
	const [name, role, lag, position, backend, priority, heard] = tableRow.children;
	const [title, labels, failure] = name.children;
	const link = member.id === state.node ? null : pageOf(member);
	if (name.dataset.link !== String(link)) {
		name.dataset.link = String(link);
		title.replaceChildren(link ? el("a", { href: link }, member.id) : member.id);
	}
	const notes = Object.entries(member.labels).map(([key, value]) => `${key}: ${value}`);
	if (member.id === state.node) {
		notes.unshift("this node");
	}
	setText(labels, notes.join(" · "));
	setAttribute(name, "data-long", labels.textContent.length > LONG);
	setText(failure, member.failure ?? "");
	const [kind, text] = roleOf(member);
	setAttribute(tableRow, "data-role", kind);
	if (role.dataset.kind !== kind || role.textContent !== text) {
		role.dataset.kind = kind;
		role.replaceChildren(el("span", { class: "role" }, shape(kind), text));
	}
	setText(lag, member.lag === null || !member.alive ? "–" : format.duration(member.lag * 1000));
	setText(position, member.position === null ? "–" : format.number(member.position));
	setText(backend, member.backend === null || !member.alive ? "–" : member.backend.toLowerCase());
	setText(priority, member.priority === 0 ? "0, never leads" : String(member.priority));
	setText(heard, heardText(state, member));
}

function heardText(state, member) {
	const age = member.age + (serverNow() - state.at);
	return member.alive && age < 15_000 ? "just now" : `${format.duration(age)} ago`;
}

// Nodes of a cluster have the same configuration, so that the others have this page where this one has it.
export function pageOf(member) {
	try {
		const url = new URL(member.link);
		if (url.protocol !== "http:" && url.protocol !== "https:") {
			return null;
		}
		return url.pathname === "/" ? new URL("ha", url).href : url.href;
	}
	catch {
		return null;
	}
}

function showBanners(state) {
	const banners = [];
	if (state.pause) {
		const { by, since, reason } = state.pause;
		banners.push(["pause", "Paused.", `By ${by}, since ${format.time(since)}${reason ? `: ${format.sentence(reason)}` : "."} Nobody is promoted, and nothing is started or stopped.`]);
	}
	if (!state.current) {
		banners.push(["stale", "Not up to date.", "This node cannot read what the others publish. What is shown may be old."]);
	}
	reconcile(byId("banners"), banners, ([key]) => key, () => el("p", { class: "banner" }, el("strong"), " ", el("span")),
		(place, [, title, text]) => {
			setText(place.firstElementChild, title);
			setText(place.lastElementChild, text);
		});
}

function planned(transition) {
	const plan = transition.kind === "PROMOTION" ? format.PROMOTION
		: transition.kind.endsWith("STEP_DOWN") ? format.STEP_DOWN : [];
	const done = transition.steps.map((step) => step.name);
	const rest = transition.running ? plan.filter((name) => !done.includes(name)) : [];
	if (transition.step !== null && !rest.includes(transition.step)) {
		rest.unshift(transition.step);
	}
	return [...transition.steps, ...rest.map((name) => ({ name, outcome: name === transition.step ? "RUNNING" : "PENDING" }))];
}

function showTransition(state) {
	const { transition } = state;
	byId("transition").hidden = !transition;
	if (!transition) {
		return;
	}
	setText(byId("transition-title"), `${transition.running ? "Now" : "Last transition"} on ${state.node}`);
	const total = transition.steps.reduce((sum, step) => sum + step.ms, 0);
	const where = transition.epoch > 0 ? `, epoch ${transition.epoch}` : "";
	setText(byId("transition-summary"), `${KINDS[transition.kind] ?? transition.kind}${where}. ${format.sentence(transition.reason)} Began ${format.time(transition.from)}`
		+ (transition.running ? "." : `, took ${format.duration(total)}. ${transition.failure ? format.sentence(`Failed: ${transition.failure}`) : ""}`));
	reconcile(byId("steps"), planned(transition), (step) => step.name,
		() => el("li", {}, el("span", { class: "mark", "aria-hidden": "true" }), el("span", { class: "what" }), el("span", { class: "number" })),
		(item, step) => {
			const [mark, what, ms] = item.children;
			setAttribute(item, "data-outcome", step.outcome);
			setText(mark, MARKS[step.outcome] ?? (step.outcome === "RUNNING" ? "▸" : "·"));
			setText(what, format.step(step.name) + (step.detail && step.outcome !== "SKIPPED" ? `: ${step.detail}` : ""));
			setText(ms, step.outcome === "RUNNING" ? "running" : step.outcome === "PENDING" ? "" : step.outcome === "DONE" ? format.duration(step.ms)
				: format.outcome(step.outcome));
		});
}

function stepTable(title, steps) {
	const total = Math.max(1, steps.reduce((sum, step) => sum + step.ms, 0));
	let before = 0;
	const rows = steps.map((step) => {
		const bar = svg("svg", { class: "bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
			svg("rect", { x: (before / total) * 100, width: Math.max(0.7, (step.ms / total) * 100), height: 8 }));
		before += step.ms;
		const took = step.outcome === "DONE" ? format.duration(step.ms) : format.outcome(step.outcome);
		return el("tr", { "data-outcome": step.outcome }, el("th", { scope: "row" }, format.step(step.name)),
			el("td", { class: "bars" }, step.outcome === "SKIPPED" ? null : bar), el("td", { class: "number" }, took));
	});
	return el("details", {}, el("summary", {}, title),
		el("table", { class: "timing" }, el("caption", { class: "unseen" }, title),
			el("thead", { class: "unseen" }, el("tr", {}, el("th", { scope: "col" }, "Step"), el("th", { scope: "col" }, "When"), el("th", { scope: "col" }, "Time"))),
			el("tbody", {}, ...rows)));
}

function ended(state, terms, index) {
	const term = terms[index];
	if (term.to !== null) {
		return `to ${format.time(term.to)}, ${format.duration(term.to - term.from)}`;
	}
	const next = terms[index - 1];
	if (next) {
		return `its end was not recorded; ${next.leader} followed at ${format.time(next.from)}`;
	}
	return state.leader === term.leader ? "until now" : "its end is not recorded";
}

function showTerms(state) {
	const { terms } = state;
	byId("no-terms").hidden = terms.length > 0;
	const items = terms.map((term, index) => ({ term, index, signature: JSON.stringify([term.promotion, term.stepDown]) }));
	reconcile(byId("terms"), items, (item) => item.term.epoch,
		() => el("li", {}, el("span", { class: "rail", "aria-hidden": "true" }), el("div", {}, el("h3"), el("p", { class: "when" }), el("p", { class: "why" }), el("div", { class: "details" }), el("p", { class: "gap" }))),
		(item, { term, index, signature }) => {
			const [heading, when, reason, details, gap] = item.lastElementChild.children;
			const now = index === 0 && term.to === null && state.leader === term.leader;
			setAttribute(item, "data-now", now);
			if (!item.firstElementChild.firstChild || item.dataset.was !== String(now)) {
				item.dataset.was = String(now);
				item.firstElementChild.replaceChildren(shape(now ? "leader" : "follower"));
			}
			setText(heading, `Epoch ${term.epoch}: ${term.leader}`);
			setText(when, `From ${format.time(term.from)}, ${ended(state, terms, index)}.`);
			setText(reason, term.reason ? format.sentence(term.reason) : "");
			const next = terms[index + 1];
			const quiet = next && next.to !== null ? term.from - next.to : 0;
			setText(gap, quiet > 0 ? `Nobody led for ${format.duration(quiet)}.` : "");
			if (details.dataset.signature !== signature) {
				details.dataset.signature = signature;
				const sum = (steps) => format.duration(steps.reduce((total, step) => total + step.ms, 0));
				details.replaceChildren(
					...(term.promotion.length ? [stepTable(`Became leader in ${sum(term.promotion)}`, term.promotion)] : []),
					...(term.stepDown.length ? [stepTable(`Stepped down in ${sum(term.stepDown)}`, term.stepDown)] : []));
			}
		});
}

export function show(state) {
	document.title = `${state.leader ?? "no leader"} · ${state.cluster}`;
	setText(byId("cluster"), state.cluster);
	showLede(state);
	showBanners(state);
	reconcile(byId("members"), state.members, (member) => member.id, row, (place, member) => showMember(state, place, member));
	showTransition(state);
	showTerms(state);
}

// What passes without anything happening.
export function tick(state) {
	showLede(state);
	for (const member of state.members) {
		const place = [...byId("members").children].find((child) => child.dataset.key === member.id);
		setText(place.lastElementChild, heardText(state, member));
	}
}
