// Draws the lag of the last minutes.

import { byId, el, reconcile, setText, svg } from "./dom.js";
import { duration } from "./format.js";

const WINDOW = 300_000;
const KEEP = 300;
const GAP = 7_000;
const HEIGHT = 190;
const MARGIN = { top: 10, right: 8, bottom: 24, left: 62 };
const DASHES = ["", "7 4", "2 3", "10 3 2 3", "4 4"];

const samples = [];
let members = [];
let terms = [];
let leader = null;

export function addSamples(more) {
	for (const sample of more) {
		if (!samples.length || sample.at > samples.at(-1).at) {
			samples.push(sample);
		}
	}
	samples.splice(0, samples.length - KEEP);
	draw();
}

export function showMembers(state) {
	members = state.members.map((member) => member.id);
	terms = state.terms;
	leader = state.leader;
	draw();
}

function niceMaximum(value) {
	const steps = [1, 2, 5];
	for (let scale = 1; ; scale *= 10) {
		const found = steps.map((step) => step * scale).find((limit) => limit >= value);
		if (found) {
			return found;
		}
	}
}

function path(id, x, y) {
	let d = "";
	let last = null;
	for (const sample of samples) {
		const lag = sample.lag[id];
		if (lag === undefined) {
			last = null;
			continue;
		}
		const command = last === null || sample.at - last > GAP ? "M" : "L";
		d += `${command}${x(sample.at).toFixed(1)} ${y(lag).toFixed(1)}`;
		last = sample.at;
	}
	return d;
}

// The line of a member always looks the same, whoever leads.
function dash(id) {
	return DASHES[Math.max(0, members.indexOf(id)) % DASHES.length];
}

function line(id, attributes) {
	return svg("path", { class: id === leader ? "line leading" : "line", "stroke-dasharray": dash(id), ...attributes });
}

export function draw() {
	const place = byId("chart");
	const shown = members.filter((id) => samples.some((sample) => sample.lag[id] !== undefined));
	if (!shown.length) {
		setText(place, samples.length ? "Nothing is replicated in this cluster." : "");
		reconcile(byId("legend"), [], String, null, null);
		return;
	}
	const now = samples.at(-1).at;
	const width = Math.max(280, place.clientWidth);
	const visible = samples.filter((sample) => sample.at >= now - WINDOW);
	const highest = Math.max(...visible.flatMap((sample) => Object.values(sample.lag)), 0);
	const maximum = niceMaximum(highest);
	const right = width - MARGIN.right;
	const bottom = HEIGHT - MARGIN.bottom;
	const x = (at) => right - ((now - at) / WINDOW) * (right - MARGIN.left);
	const y = (lag) => bottom - (lag / maximum) * (bottom - MARGIN.top);
	const grid = [0, maximum / 2, maximum].flatMap((value) => [
		svg("line", { class: "grid", x1: MARGIN.left, x2: right, y1: y(value), y2: y(value) }),
		svg("text", { x: MARGIN.left - 10, y: y(value) + 4, "text-anchor": "end" }, value === 0 ? "0" : duration(value * 1000)),
	]);
	const ticks = [5, 4, 3, 2, 1, 0].map((minutes) => svg("text", {
		x: x(now - minutes * 60_000), y: HEIGHT - 4,
		"text-anchor": minutes === 0 ? "end" : minutes === 5 ? "start" : "middle",
	}, minutes === 0 ? "now" : width < 480 && minutes % 2 === 0 ? "" : `−${minutes} min`));
	const begun = terms.filter((term) => term.from > now - WINDOW && term.from <= now).flatMap((term) => {
		const left = x(term.from) < width - 90;
		return [
			svg("line", { class: "term", x1: x(term.from), x2: x(term.from), y1: MARGIN.top, y2: bottom }),
			svg("text", { x: x(term.from) + (left ? 5 : -5), y: MARGIN.top + 10, "text-anchor": left ? "start" : "end" },
				`${term.leader} leads`),
		];
	});
	const last = samples.at(-1).lag;
	const label = `Lag of the last five minutes, ${duration(highest * 1000)} at most. Now: `
		+ shown.map((id) => `${id} ${last[id] === undefined ? "unknown" : duration(last[id] * 1000)}`).join(", ");
	place.replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": label },
		...grid, ...ticks, ...begun, svg("svg", { x: MARGIN.left, y: 0, width: right - MARGIN.left + 2, height: HEIGHT,
			viewBox: `${MARGIN.left} 0 ${right - MARGIN.left + 2} ${HEIGHT}` },
			...shown.map((id) => line(id, { d: path(id, x, y) })))));
	reconcile(byId("legend"), shown, String, (id) => el("li", {},
		svg("svg", { width: 28, height: 8, "aria-hidden": "true" }, line(id, { d: "M0 4L28 4" })), el("span")),
	(item, id) => {
		const mark = item.querySelector("path");
		mark.setAttribute("class", id === leader ? "line leading" : "line");
		mark.setAttribute("stroke-dasharray", dash(id));
		setText(item.lastElementChild, `${id} ${last[id] === undefined ? "–" : duration(last[id] * 1000)}`);
	});
}

new ResizeObserver(() => draw()).observe(byId("chart"));
