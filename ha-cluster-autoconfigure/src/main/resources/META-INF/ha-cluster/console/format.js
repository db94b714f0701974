// Puts numbers, times and names into words.

const STEPS = {
	"win-election": "Win the election",
	"catch-up": "Catch up with the log",
	"stop-passive-replication": "Stop following the log",
	"promote-replica": "Promote the replica",
	"acquire-vip": "Take the virtual IP",
	"start-backend": "Start the backend",
	"verify-database": "Verify the database",
	"start-primary-replication": "Start shipping the log",
	"start-snapshots": "Start snapshots",
	"stop-snapshots": "Stop snapshots",
	"stop-primary-replication": "Stop shipping the log",
	"stop-backend": "Stop the backend",
	"release-vip": "Release the virtual IP",
	"start-passive-replication": "Start following the log",
	"initial-catch-up": "Catch up with the log",
};

export const PROMOTION = ["win-election", "catch-up", "stop-passive-replication", "promote-replica", "acquire-vip",
	"start-backend", "verify-database", "start-primary-replication", "start-snapshots"];

export const STEP_DOWN = ["stop-snapshots", "stop-primary-replication", "stop-backend", "release-vip",
	"start-passive-replication", "initial-catch-up"];

const OUTCOMES = {
	DONE: "done",
	SKIPPED: "nothing to do",
	FAILED: "failed",
	TIMED_OUT: "took too long",
	INTERRUPTED: "interrupted",
};

const STATES = {
	PROMOTING: "becoming leader",
	DEMOTING: "becoming follower",
	LEADER: "leading",
	FOLLOWER: "following",
	STOPPED: "stopped",
};

export function step(name) {
	return STEPS[name] ?? name;
}

export function outcome(name) {
	return OUTCOMES[name] ?? name.toLowerCase();
}

export function state(name) {
	return STATES[name] ?? name.toLowerCase();
}

export function duration(millis) {
	const seconds = millis / 1000;
	if (millis < 1000) {
		return `${Math.max(0, Math.round(millis))} ms`;
	}
	if (seconds < 10) {
		return `${seconds.toFixed(1)} s`;
	}
	if (seconds < 120) {
		return `${Math.round(seconds)} s`;
	}
	if (seconds < 7200) {
		return `${Math.round(seconds / 60)} min`;
	}
	return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} days`;
}

export function time(millis) {
	const date = new Date(millis);
	const clock = date.toLocaleTimeString([], { hourCycle: "h23" });
	return date.toDateString() === new Date().toDateString() ? clock : `${date.toLocaleDateString()} ${clock}`;
}

export function number(value) {
	return value.toLocaleString("en").replaceAll(",", "\u202f");
}

export function plural(count, one, many) {
	return `${count} ${count === 1 ? one : many}`;
}

export function sentence(text) {
	const trimmed = text.trim();
	const begun = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
	return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
