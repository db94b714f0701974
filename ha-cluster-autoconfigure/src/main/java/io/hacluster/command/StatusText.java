package io.hacluster.command;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;
import io.hacluster.member.Member;

/**
 * Writes a status for people.
 */
final class StatusText {

	private final PrintStream out;

	StatusText(PrintStream out) {
		this.out = out;
	}

	/**
	 * Writes a status.
	 * @param status the status
	 * @param silent who holds the lease and has said nothing, {@code null} if nobody
	 */
	void print(Map<String, @Nullable Object> status, @Nullable NodeId silent) {
		this.out.println("Cluster " + status.get("cluster") + pause(status.get("pause")));
		Object leader = status.get("leader");
		this.out.println(
				"Leader  " + ((leader != null) ? leader + ", epoch " + status.get("epoch") : none(status, silent)));
		if (status.get("log") instanceof Map<?, ?> log) {
			printLog(log);
		}
		this.out.println();
		Table table = new Table("NODE", "ROLE", "STATE", "ALIVE", "EPOCH", "POSITION", "LAG", "BACKEND", "PRIORITY",
				"ADDRESS", "LABELS");
		List<String> failures = new ArrayList<>();
		for (Object member : list(status.get("members"))) {
			if (member instanceof Map<?, ?> map) {
				table.add(text(map.get("nodeId")), text(map.get("role")), text(map.get("state")), alive(map),
						text(map.get("epoch")), text(map.get("position")), lag(map.get("lag")),
						text(map.get("backend")), text(map.get("priority")), text(map.get("address")),
						labels(map.get("labels")));
				if (map.get("failure") != null) {
					failures.add(map.get("nodeId") + " last failed: " + map.get("failure"));
				}
			}
		}
		table.print(this.out);
		failures.forEach(this.out::println);
	}

	private static String none(Map<String, @Nullable Object> status, @Nullable NodeId silent) {
		return (silent != null)
				? "none seen; " + silent + " held epoch " + status.get("epoch") + " and has said nothing" : "none";
	}

	private static String pause(@Nullable Object pause) {
		if (pause instanceof Map<?, ?> map) {
			String reason = text(map.get("reason"));
			return ", paused since " + map.get("since") + " by " + map.get("by")
					+ (reason.isEmpty() ? "" : ": " + reason);
		}
		return "";
	}

	/**
	 * What a node says that is gone, it has said a while ago.
	 */
	private static String alive(Map<?, ?> member) {
		return Boolean.TRUE.equals(member.get("alive")) ? "yes"
				: Member.STOPPED.equals(member.get("state")) ? "has left" : "no";
	}

	private static String lag(@Nullable Object lag) {
		return (lag != null) ? lag + " s" : "";
	}

	private static String labels(@Nullable Object labels) {
		return (labels instanceof Map<?, ?> map) ? map.entrySet()
			.stream()
			.map((entry) -> entry.getKey() + "=" + entry.getValue())
			.sorted()
			.collect(Collectors.joining(",")) : "";
	}

	private static String text(@Nullable Object value) {
		return (value != null) ? value.toString() : "";
	}

	private void printLog(Map<?, ?> log) {
		this.out.println("Log     transaction " + log.get("position") + ", " + log.get("files") + " files, "
				+ size(log.get("bytes"))
				+ ((log.get("epoch") != null) ? ", epoch " + log.get("epoch") + " of " + log.get("fencedBy") : ""));
		for (Object level : list(log.get("levels"))) {
			if (level instanceof Map<?, ?> map) {
				this.out.printf("  level %s: %s files, %s, transactions %s to %s, shipped %s to %s%n", map.get("level"),
						map.get("files"), size(map.get("bytes")), map.get("firstTransaction"),
						map.get("lastTransaction"), map.get("oldest"), map.get("newest"));
			}
		}
	}

	private static String size(@Nullable Object bytes) {
		return Sizes.of((bytes instanceof Number number) ? number.doubleValue() : 0);
	}

	private static List<?> list(@Nullable Object value) {
		return (value instanceof List<?> list) ? list : List.of();
	}

}
