package io.hacluster.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;
import io.hacluster.Ticker;
import io.hacluster.election.Lease;
import io.hacluster.election.VersionedLease;
import io.hacluster.json.JsonWriter;
import io.hacluster.member.ClusterView;
import io.hacluster.member.MemberReader;
import io.hacluster.operation.ClusterDocument;
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
		return "Shows who leads, how each node is, and what the log holds";
	}

	@Override
	public List<Option> options() {
		return List.of(Option.flag("json", "Write JSON, for scripts."));
	}

	@Override
	public Action prepare(Arguments arguments) {
		boolean json = arguments.has("json");
		return (environment, terminal) -> {
			ClusterView view = new MemberReader(environment.state(), environment.identity(), Ticker.SYSTEM).observe();
			Lease lease = environment.leases().read("leader").map(VersionedLease::lease).orElse(null);
			Map<String, @Nullable Object> status = status(environment, view, lease);
			if (json) {
				terminal.out().println(JsonWriter.write(status));
			}
			else {
				new StatusText(terminal.out()).print(status, silentHolder(view, lease));
			}
			return OK;
		};
	}

	private static Map<String, @Nullable Object> status(CommandEnvironment environment, ClusterView view,
			@Nullable Lease lease) {
		NodeId leader = (silentHolder(view, lease) == null) ? holder(lease) : null;
		Map<String, @Nullable Object> status = ClusterDocument.cluster(view, leader,
				(lease != null) ? lease.epoch().value() : 0);
		if (environment.hasLog()) {
			status.put("log", log(environment));
		}
		return status;
	}

	private static @Nullable NodeId holder(@Nullable Lease lease) {
		return (lease != null && lease.state() == Lease.State.HELD) ? lease.holder() : null;
	}

	/**
	 * The record of a lease stays when its holder dies, so it tells nobody's leader by
	 * itself.
	 */
	private static @Nullable NodeId silentHolder(ClusterView view, @Nullable Lease lease) {
		NodeId holder = holder(lease);
		boolean alive = holder != null && view.member(holder).filter(ClusterView.Seen::alive).isPresent();
		return alive ? null : holder;
	}

	private static Map<String, @Nullable Object> log(CommandEnvironment environment) {
		List<LogEntry> entries = environment.log().list();
		Optional<Fence> fence = environment.log().currentFence();
		Map<String, @Nullable Object> log = new LinkedHashMap<>();
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

	private static List<Map<String, @Nullable Object>> levels(List<LogEntry> entries) {
		Map<Integer, List<LogEntry>> byLevel = new TreeMap<>();
		entries
			.forEach((entry) -> byLevel.computeIfAbsent(entry.name().level(), (level) -> new ArrayList<>()).add(entry));
		List<Map<String, @Nullable Object>> levels = new ArrayList<>();
		byLevel.forEach((level, files) -> {
			Map<String, @Nullable Object> line = new LinkedHashMap<>();
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
