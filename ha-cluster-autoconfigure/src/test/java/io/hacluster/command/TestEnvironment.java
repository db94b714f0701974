package io.hacluster.command;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import io.hacluster.NodeIdentity;
import io.hacluster.election.ElectionSettings;
import io.hacluster.election.LeaseStore;
import io.hacluster.member.StateStore;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.TestLog;

/**
 * The configuration of a test.
 */
record TestEnvironment(Path directory, TestLog testLog, LeaseStore leases,
		StateStore state) implements CommandEnvironment {

	static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

	@Override
	public NodeIdentity identity() {
		return TestLog.identity("command");
	}

	@Override
	public boolean hasLog() {
		return true;
	}

	@Override
	public ReplicaStore log() {
		return this.testLog.store();
	}

	@Override
	public Clock clock() {
		return Clock.fixed(NOW, ZoneOffset.UTC);
	}

	@Override
	public Path database() {
		return this.directory.resolve("data.db");
	}

	@Override
	public Path replica() {
		return this.directory.resolve("replica.db");
	}

	@Override
	public ElectionSettings election() {
		return ElectionSettings.of(Duration.ofSeconds(10), Duration.ofSeconds(3), "");
	}

	@Override
	public String systemdUnit() {
		return "convex";
	}

	@Override
	public void close() {
	}

}
