// One page of the cluster, as the node that serves it sees it.

import { byId, el, setAttribute, setText } from "./dom.js";
import { addSamples, showMembers } from "./chart.js";
import { connect } from "./connection.js";
import { time } from "./format.js";
import { pageOf, setServerTime, show, tick } from "./views.js";
import { setConnected, showActions } from "./actions.js";

let state = null;
let live = false;

function announce(text) {
	setText(byId("announcer"), text);
}

function announceChanges(before, after) {
	const news = [];
	if (before && before.leader !== after.leader) {
		news.push(after.leader === null ? "Nobody leads." : `${after.leader} leads now.`);
	}
	if (before && (before.pause === null) !== (after.pause === null)) {
		news.push(after.pause ? "The cluster is paused." : "The cluster acts again.");
	}
	for (const member of after.members) {
		const known = before?.members.find((candidate) => candidate.id === member.id);
		if (known && known.alive !== member.alive) {
			news.push(member.alive ? `${member.id} is back.` : `${member.id} is gone.`);
		}
	}
	if (news.length) {
		announce(news.join(" "));
	}
}

function connection(name, text, ...links) {
	setAttribute(byId("connection"), "data-state", name);
	setText(byId("connection-text"), text);
	setConnected(name === "live");
	byId("lost")?.remove();
	if (name === "lost") {
		byId("banners").before(el("div", { id: "lost", class: "banner" }, ...links));
	}
}

function others() {
	const links = (state?.members ?? []).filter((member) => member.id !== state.node)
		.map((member) => ({ id: member.id, href: pageOf(member) })).filter((member) => member.href);
	if (!links.length) {
		return null;
	}
	return el("ul", { class: "others", "aria-label": "The page on other members" },
		...links.map((member) => el("li", {}, el("a", { href: member.href }, `Look from ${member.id}`))));
}

const WHY = {
	gone: "The page tries again by itself. What it shows is from before.",
	stopping: "The node has stopped. The page tries again by itself.",
	silent: "The node is silent. The page tries again by itself.",
};

connect({
	live() {
		live = true;
		if (state) {
			announce("The connection is back.");
		}
	},
	lost(since, why) {
		const first = live || !byId("lost") || byId("lost").dataset.why !== why;
		live = false;
		if (!first) {
			return;
		}
		const title = why === "forbidden" ? "This node does not let you look."
			: `No connection to this node since ${time(since)}.`;
		const again = el("button", { type: "button", class: "plain" }, "Log in again");
		again.addEventListener("click", () => location.reload());
		connection("lost", "No connection", el("p", {}, el("strong", {}, title), " ", WHY[why] ?? "", why === "forbidden" ? again : null), others());
		byId("lost").dataset.why = why;
		announce(title);
	},
	state(latest) {
		setServerTime(latest.at);
		announceChanges(state, latest);
		state = latest;
		show(state);
		showMembers(state);
		showActions(state);
		connection("live", `Live from ${state.node}`);
	},
	lag: addSamples,
});

setInterval(() => {
	if (state && live) {
		tick(state);
	}
}, 1_000);
