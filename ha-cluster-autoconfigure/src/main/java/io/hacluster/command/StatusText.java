package io.hacluster.command;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Writes a status for people.
 */
final class StatusText {

	private final PrintStream out;

	StatusText(PrintStream out) {
		this.out = out;
	}

	void print(Map<String, Object> status) {
		this.out.println("Cluster " + status.get("cluster"));
		if (status.get("leader") instanceof Map<?, ?> leader) {
			this.out.println("Leader  " + node(leader) + ", epoch " + leader.get("epoch"));
		}
		else {
			this.out.println("Leader  none: nobody has led yet");
		}
		for (Object node : list(status.get("nodes"))) {
			if (node instanceof Map<?, ?> map) {
				this.out.println("Node    " + node(map));
			}
		}
		if (status.get("log") instanceof Map<?, ?> log) {
			printLog(log);
		}
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

	private static String node(Map<?, ?> node) {
		Object address = node.get("address");
		String text = node.get("node")
				+ ((address != null && !address.toString().isEmpty()) ? " (" + address + ")" : "") + ", ";
		return text + switch (String.valueOf(node.get("state"))) {
			case "alive" -> "alive";
			case "silent" -> "silent: has not renewed its record for half of a lease";
			default -> "has left in order";
		};
	}

	private static String size(@Nullable Object bytes) {
		return Sizes.of((bytes instanceof Number number) ? number.doubleValue() : 0);
	}

	private static List<?> list(@Nullable Object value) {
		return (value instanceof List<?> list) ? list : List.of();
	}

}
