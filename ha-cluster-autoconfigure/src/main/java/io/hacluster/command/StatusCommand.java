package io.hacluster.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

import io.hacluster.Ticker;
import io.hacluster.command.Members.Member;
import io.hacluster.election.Lease;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ltx.LtxName;

/**
 * Shows who leads, who is there, and what the log holds, as the stores know it.
 */
final class StatusCommand implements Command {

	@Override
	public String name() {
		return "status";
	}

	@Override
	public String summary() {
		return "Shows who leads, which nodes are there, and what the log holds";
	}

	@Override
	public List<Option> options() {
		return List.of(Option.flag("json", "Write JSON, for scripts."));
	}

	@Override
	public Action prepare(Arguments arguments) {
		boolean json = arguments.has("json");
		return (environment, terminal) -> {
			Map<String, Object> status = status(environment);
			if (json) {
				terminal.out().println(Json.of(status));
			}
			else {
				new StatusText(terminal.out()).print(status);
			}
			return OK;
		};
	}

	private static Map<String, Object> status(CommandEnvironment environment) throws InterruptedException {
		List<Member> members = new Members(environment.leases(), Ticker.SYSTEM).observe();
		Map<String, Object> status = new LinkedHashMap<>();
		status.put("cluster", environment.identity().cluster());
		status.put("leader",
				members.stream().filter(Member::leader).findFirst().map(StatusCommand::leader).orElse(null));
		status.put("nodes", members.stream().filter(Predicate.not(Member::leader)).map(StatusCommand::node).toList());
		if (environment.hasLog()) {
			status.put("log", log(environment));
		}
		return status;
	}

	private static Map<String, Object> leader(Member member) {
		Map<String, Object> leader = new LinkedHashMap<>(node(member));
		leader.put("epoch", member.lease().epoch().value());
		return leader;
	}

	private static Map<String, Object> node(Member member) {
		Map<String, Object> node = new LinkedHashMap<>();
		node.put("node", member.lease().holder().value());
		node.put("state",
				(member.lease().state() == Lease.State.RELEASED) ? "released" : (member.alive() ? "alive" : "silent"));
		node.put("address", member.lease().address());
		return node;
	}

	private static Map<String, Object> log(CommandEnvironment environment) {
		List<LogEntry> entries = environment.log().list();
		Optional<Fence> fence = environment.log().currentFence();
		Map<String, Object> log = new LinkedHashMap<>();
		log.put("position",
				entries.stream()
					.filter((entry) -> entry.name().level() == LtxName.LEVEL_BATCH)
					.mapToLong((entry) -> entry.name().maxTxid())
					.max()
					.orElse(0));
		log.put("files", entries.size());
		log.put("bytes", bytes(entries));
		log.put("epoch", fence.map((it) -> it.epoch().value()).orElse(null));
		log.put("fencedBy", fence.map((it) -> it.node().value()).orElse(null));
		log.put("levels", levels(entries));
		return log;
	}

	private static List<Map<String, Object>> levels(List<LogEntry> entries) {
		Map<Integer, List<LogEntry>> byLevel = new TreeMap<>();
		entries
			.forEach((entry) -> byLevel.computeIfAbsent(entry.name().level(), (level) -> new ArrayList<>()).add(entry));
		List<Map<String, Object>> levels = new ArrayList<>();
		byLevel.forEach((level, files) -> {
			Map<String, Object> line = new LinkedHashMap<>();
			line.put("level", level);
			line.put("files", files.size());
			line.put("bytes", bytes(files));
			line.put("firstTransaction", files.stream().mapToLong((it) -> it.name().minTxid()).min().orElse(0));
			line.put("lastTransaction", files.stream().mapToLong((it) -> it.name().maxTxid()).max().orElse(0));
			line.put("oldest", files.stream().map(LogEntry::timestamp).min(Comparator.naturalOrder()).orElse(null));
			line.put("newest", files.stream().map(LogEntry::timestamp).max(Comparator.naturalOrder()).orElse(null));
			levels.add(line);
		});
		return levels;
	}

	private static long bytes(List<LogEntry> entries) {
		return entries.stream().mapToLong(LogEntry::size).sum();
	}

}
