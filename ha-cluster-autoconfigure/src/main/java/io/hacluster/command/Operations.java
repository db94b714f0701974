package io.hacluster.command;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;
import io.hacluster.Ticker;
import io.hacluster.operation.DurationParameter;
import io.hacluster.operation.RemoteOperations;
import io.hacluster.replication.ltx.LtxName;

/**
 * What the commands that change the cluster have in common.
 */
final class Operations {

	private static final String TIME = "a time with its unit, more than nothing, such as 30s";

	private static final String NODE = "the id of a node";

	private Operations() {
	}

	static RemoteOperations of(CommandEnvironment environment) {
		return new RemoteOperations(environment.identity(), environment.state(), environment.leases(),
				() -> logPosition(environment), environment.clock(), Ticker.SYSTEM);
	}

	private static @Nullable Long logPosition(CommandEnvironment environment) {
		return environment.hasLog() ? environment.log()
			.list()
			.stream()
			.filter((entry) -> entry.name().level() == LtxName.LEVEL_BATCH)
			.mapToLong((entry) -> entry.name().maxTxid())
			.max()
			.orElse(0) : null;
	}

	static @Nullable NodeId node(Arguments arguments) {
		return arguments.value("to", NODE, NodeId::new).orElse(null);
	}

	/**
	 * Reads how long to wait.
	 * @param fallback for an option without a value
	 * @return {@code null} if the option is not there
	 */
	static @Nullable Duration wait(Arguments arguments, Duration fallback) {
		return arguments.value("wait", TIME, (text) -> text.isEmpty() ? fallback : positive(text)).orElse(null);
	}

	private static Duration positive(String text) {
		Duration duration = DurationParameter.parse("wait", text);
		if (duration.isZero()) {
			throw new IllegalArgumentException("Nothing");
		}
		return duration;
	}

}
