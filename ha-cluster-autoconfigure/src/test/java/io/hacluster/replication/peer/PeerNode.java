package io.hacluster.replication.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Function;

import io.hacluster.Epoch;
import io.hacluster.FencedException;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicationListener;
import io.hacluster.replication.ReplicationSettings;
import io.hacluster.replication.node.SqliteReplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A node of ours that replicates a database which other processes write.
 */
final class PeerNode implements AutoCloseable {

	static final Duration TIMEOUT = Duration.ofSeconds(120);

	private final Path directory;

	private final ReplicaStore store;

	private final SqliteReplication replication;

	PeerNode(Path directory, Function<NodeIdentity, ReplicaStore> stores) throws IOException {
		this(directory, stores, (database, replica) -> new ReplicationSettings(database, replica, Duration.ofSeconds(1),
				Duration.ofHours(24)));
	}

	PeerNode(Path directory, Function<NodeIdentity, ReplicaStore> stores,
			BiFunction<Path, Path, ReplicationSettings> settings) throws IOException {
		this.directory = Files.createDirectories(directory);
		NodeIdentity identity = new NodeIdentity("peer", new NodeId("node"), "nonce-" + System.nanoTime());
		this.store = stores.apply(identity);
		this.replication = new SqliteReplication(settings.apply(database(), replica()), identity, this.store,
				new ReplicationListener() {

					@Override
					public void diverged(DivergedDatabase database) {
						throw new AssertionError("Set aside: " + database);
					}

					@Override
					public void fenced(FencedException cause) {
						throw new AssertionError("Fenced", cause);
					}

				}, Clock.systemUTC(), Ticker.SYSTEM);
	}

	Path database() {
		return this.directory.resolve("data.db");
	}

	Path replica() {
		return this.directory.resolve("replica.db");
	}

	ReplicaStore store() {
		return this.store;
	}

	SqliteReplication replication() {
		return this.replication;
	}

	/**
	 * Becomes the leader of the log, before the backend starts.
	 */
	void promote() throws InterruptedException {
		this.replication.startFollowing(TIMEOUT);
		this.replication.fenceAndCatchUp(new Epoch(1), TIMEOUT);
		this.replication.stopFollowing(TIMEOUT);
		this.replication.promote();
	}

	/**
	 * Replicates what the backend writes from now on, with snapshots.
	 */
	void replicate() throws InterruptedException {
		this.replication.awaitDatabase(TIMEOUT);
		this.replication.startPrimary();
		this.replication.startSnapshots();
	}

	/**
	 * Ships what is left once the backend has stopped.
	 */
	void flush() {
		this.replication.stopSnapshots(TIMEOUT);
		this.replication.stopPrimary(TIMEOUT);
		assertThat(this.replication.flush(TIMEOUT)).isTrue();
	}

	/**
	 * Follows the log up to its end.
	 */
	void follow() throws InterruptedException {
		this.replication.startFollowing(TIMEOUT);
		this.replication.awaitCaughtUp(TIMEOUT);
	}

	@Override
	public void close() {
		this.replication.close();
		this.store.close();
	}

}
