package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.api.ObjectStoreConfiguration;

/**
 * The Litestream to measure beside, working on the NATS server of a cluster.
 *
 * @param binary its executable
 * @param cluster the cluster, which ends the processes
 */
record Litestream(Path binary, Cluster cluster) {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final String CONFIGURATION = """
			dbs:
			  - path: %s
			    monitor-interval: 1s
			    replica:
			      url: %s
			      sync-interval: 1s
			""";

	/**
	 * Makes a bucket, which Litestream does not do.
	 */
	void createBucket(String bucket) throws IOException {
		try (Connection connection = Nats.connect(this.cluster.natsUrl())) {
			connection.objectStoreManagement().create(ObjectStoreConfiguration.builder(bucket).build());
		}
		catch (JetStreamApiException ex) {
			throw new LabException("cannot make the bucket " + bucket, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new LabException("interrupted", ex);
		}
	}

	/**
	 * Begins to replicate a database, with an interval of one second, its default.
	 */
	ChildProcess replicate(Path database, String bucket) throws IOException {
		Path configuration = this.cluster.directory().resolve(bucket + ".yml");
		Files.writeString(configuration, CONFIGURATION.formatted(database, url(bucket)));
		return run(bucket + "-replicate.log", "replicate", "-config", configuration.toString());
	}

	/**
	 * Waits until there is something to restore.
	 */
	void awaitReplica(ChildProcess replicating) {
		Await.until("Litestream has written a snapshot", TIMEOUT, replicating::tail,
				() -> replicating.tail().contains("snapshot complete"));
	}

	/**
	 * Begins to follow: restores, and polls once a second from then on, its default.
	 */
	ChildProcess follow(Path output, String bucket) {
		return run(bucket + "-follow.log", "restore", "-f", "-o", output.toString(), url(bucket));
	}

	/**
	 * Begins to restore.
	 */
	ChildProcess restore(Path output, String bucket) {
		return run(bucket + "-restore.log", "restore", "-o", output.toString(), url(bucket));
	}

	private ChildProcess run(String log, String... arguments) {
		List<String> command = new ArrayList<>(List.of(this.binary.toAbsolutePath().toString()));
		command.addAll(List.of(arguments));
		return this.cluster.run(command, log);
	}

	private String url(String bucket) {
		return this.cluster.natsUrl() + "/" + bucket;
	}

}
