package io.hacluster.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

import io.hacluster.backend.StopSignal;

/**
 * What the user configures under {@code ha.cluster}. Holds the values as they are bound;
 * combinations that cannot work are refused where the beans are made, so that the message
 * names the property and where it came from.
 *
 * @param enabled Whether this application takes part in the cluster.
 * @param name Name of the cluster, the same on all of its nodes: 1 to 63 letters, digits,
 * hyphens or underscores. Required.
 * @param nodeId Name of this node, unique within the cluster and stable over restarts. Of
 * two live nodes with one name, the newcomer stays out and says so. Falls back to the
 * host name.
 * @param address Where this node can be reached, for display to the other nodes; without
 * a user and a password.
 * @param labels Labels of this node, for people and tools that look at the members.
 * @param store Where leases and the log of the database are kept. Required.
 * @param nats Connection to NATS, for the store of that name.
 * @param local Directory for the local store.
 * @param election Times of the election.
 * @param sqlite Database to replicate. Without a path nothing is replicated.
 * @param replication How the database is replicated.
 * @param vip Addresses at which clients find the leader. Without any there is no virtual
 * IP.
 * @param backend Service that only the leader runs.
 * @param health What health judges.
 * @param lifecycle Time budgets of the steps of becoming leader and of stepping down.
 * @param console Page that shows the cluster.
 */
@ConfigurationProperties(prefix = "ha.cluster", ignoreUnknownFields = false)
public record HaClusterProperties(@DefaultValue("true") boolean enabled, @Nullable String name, @Nullable String nodeId,
		@DefaultValue("") String address, @DefaultValue Map<String, String> labels, @Nullable Store store,
		@DefaultValue Nats nats, @DefaultValue Local local, @DefaultValue Election election,
		@DefaultValue Sqlite sqlite, @DefaultValue Replication replication, @DefaultValue Vip vip,
		@DefaultValue Backend backend, @NestedConfigurationProperty @DefaultValue HealthProperties health,
		@DefaultValue Lifecycle lifecycle, @NestedConfigurationProperty @DefaultValue ConsoleProperties console) {

	/**
	 * The kinds of store.
	 */
	public enum Store {

		/**
		 * NATS JetStream: leases in a key-value bucket, the log in an object store.
		 */
		NATS,

		/**
		 * A directory that all nodes share. For nodes on one machine only: on two hosts
		 * it would mean two leaders.
		 */
		LOCAL

	}

	/**
	 * The connection to NATS.
	 *
	 * @param servers Comma-separated URLs of the servers, for example
	 * "nats://10.0.0.1:4222". Required for the store "nats".
	 * @param username User name to log in with.
	 * @param password Password of the user.
	 * @param token Token to log in with.
	 * @param credentialsFile File with a JWT and the seed of its NKey (".creds") to log
	 * in with.
	 * @param nkeySeed Seed of the NKey to log in with.
	 * @param ssl Encryption of the connection.
	 * @param connectionTimeout How long connecting may take, for each server.
	 * @param requestTimeout How long an answer about the log may take. Leases are renewed
	 * with a shorter one if the renew interval is shorter.
	 * @param startupTimeout How long the application waits at its start for a usable
	 * server before it gives up. Zero starts it without asking.
	 * @param electionBucket Key-value bucket of the leases. Falls back to "ha-" and the
	 * name of the cluster.
	 * @param replicaBucket Object store of the log. Falls back to "ha-", the name of the
	 * cluster and "-db".
	 * @param stateBucket Key-value bucket of what the nodes tell one another. Falls back
	 * to "ha-", the name of the cluster and "-state".
	 * @param replicas Number of servers that keep each bucket, used when a bucket is
	 * created; 1 to 5.
	 * @param service What can be asked for on NATS.
	 */
	public record Nats(@DefaultValue List<String> servers, @Nullable String username, @Nullable String password,
			@Nullable String token, @Nullable String credentialsFile, @Nullable String nkeySeed, @DefaultValue Ssl ssl,
			@DefaultValue("2s") Duration connectionTimeout, @DefaultValue("2s") Duration requestTimeout,
			@DefaultValue("10s") Duration startupTimeout, @Nullable String electionBucket,
			@Nullable String replicaBucket, @Nullable String stateBucket, @DefaultValue("1") int replicas,
			@DefaultValue @NestedConfigurationProperty NatsServiceProperties service) {

		/**
		 * Leaves out what must not get into a log.
		 */
		@Override
		public String toString() {
			return "Nats[electionBucket=" + this.electionBucket + ", replicaBucket=" + this.replicaBucket
					+ ", stateBucket=" + this.stateBucket + "]";
		}

		/**
		 * Encryption of the connection.
		 *
		 * @param bundle SSL bundle with the trusted certificates and the key of the
		 * client.
		 */
		public record Ssl(@Nullable String bundle) {
		}

	}

	/**
	 * The local store.
	 *
	 * @param directory Directory that all nodes of this cluster share, on a local file
	 * system of their one machine. Required for the store "local".
	 */
	public record Local(@Nullable String directory) {
	}

	/**
	 * The times of the election.
	 *
	 * @param leaseDuration How long a lease stands without renewal before another node
	 * may take over, which is about how long it takes to notice a crash. At least one
	 * second.
	 * @param renewInterval How often the leader renews its lease. At least 250
	 * milliseconds.
	 * @param margin How long before the end of its lease a leader that cannot renew gives
	 * up. Within this time its backend is stopped, by force if need be. Falls back to a
	 * fifth of the lease, or more for a short lease with a virtual IP.
	 * @param priority Which node runs first when the lease is free, 0 to 1000: one with a
	 * lower priority leaves the race to one with a higher for one lease duration at most.
	 * Zero for a node that never leads.
	 * @param maxLagOnFailover How far a node may be behind the log to be as good as any
	 * other. One that is further behind leaves the race to a better one for one lease
	 * duration at most, and is not switched over to.
	 */
	public record Election(@DefaultValue("10s") Duration leaseDuration, @DefaultValue("3s") Duration renewInterval,
			@Nullable Duration margin, @DefaultValue("100") int priority,
			@DefaultValue("10s") Duration maxLagOnFailover) {
	}

	/**
	 * The database to replicate.
	 *
	 * @param path Database file that the backend of the leader opens. Without it nothing
	 * is replicated: election, events and backend only.
	 * @param replicaPath Replica that a follower keeps, on the same file system as the
	 * database: a symbolic link into a directory beside it. Any process may read it at
	 * any time; none may write to it, or it is set aside and built anew. Falls back to
	 * the path of the database and "-replica".
	 * @param snapshotInterval How often the leader puts a snapshot into the log.
	 * @param retention How far back the log can be restored to; not shorter than the
	 * interval of snapshots.
	 */
	public record Sqlite(@Nullable String path, @Nullable String replicaPath,
			@DefaultValue("1h") Duration snapshotInterval, @DefaultValue("24h") Duration retention) {
	}

	/**
	 * How the database is replicated.
	 *
	 * @param checkpointPages Number of pages in the write-ahead log from which on the
	 * leader makes a checkpoint.
	 * @param minBatchInterval Time that the leader lets pass at least between two batches
	 * of transactions, one minute at most. A commit after a pause is shipped at once,
	 * whatever it is. A writer without pauses fills fewer and greater batches with more
	 * of it, which takes less processor time, and a crash may lose as much more. A
	 * step-down, a snapshot and a checkpoint do not wait for it.
	 * @param divergedToKeep How many databases that were set aside are kept, at least
	 * one. The oldest are deleted when a newer one stands.
	 * @param levels How often the leader merges what is new into files of level 1, 2 and
	 * so on: 1 to 8 intervals, at least 10ms, each longer than the one before. They are
	 * counted from the full hour, so that a change of leaders does not matter.
	 * @param l0Retention How long each shipped batch is kept once it is in level 1: for
	 * so long every single transaction can be restored, and a follower that was away goes
	 * on batch by batch. Not longer than the retention of the database.
	 * @param maxReplicaWalSize Size to which the write-ahead log of a replica may grow
	 * because a reader with a long transaction keeps it from being emptied. Such a reader
	 * never keeps transactions from being applied; it only makes that file grow. At least
	 * 1MB.
	 * @param maxReaderDelay How long a follower then waits for the reader, which shows as
	 * lag. After that the replica goes on in a copy, which costs the time and the space
	 * of one: the reader still sees its transaction to the end, and has to connect again
	 * for the next one, like all who were connected.
	 * @param maxWalSize Size of the leader's write-ahead log from which on it is cut
	 * back. While the log does not take what it holds, it is kept up to this size; beyond
	 * it, a copy of the whole database is shipped instead. At least 1MB.
	 */
	public record Replication(@DefaultValue("1000") int checkpointPages, @DefaultValue("2ms") Duration minBatchInterval,
			@DefaultValue("10") int divergedToKeep, @DefaultValue( {
					"30s", "5m", "1h" }) List<Duration> levels,
			@DefaultValue("5m") Duration l0Retention, @DefaultValue("256MB") DataSize maxReplicaWalSize,
			@DefaultValue("5s") Duration maxReaderDelay, @DefaultValue("512MB") DataSize maxWalSize){
	}

	/**
	 * The virtual IP, at which clients find the leader.
	 *
	 * @param addresses Addresses that the leader has, in CIDR notation, IPv4 or IPv6, for
	 * example "10.0.0.100/24". The prefix names the subnet for those who read it; the
	 * address is added as /32 or /128, and a missing prefix means that too.
	 * @param interfaceName Network interface that the addresses are put on. Required with
	 * addresses.
	 * @param announce How the neighbours are told where the addresses are.
	 * @param conflictCheck Whether the neighbours are asked before an address is taken,
	 * and listened to while it is held. A stranger who has it fails the promotion; one
	 * who claims it later is reported.
	 * @param conflictWait How long their answers are waited for, 1s at most. The failover
	 * takes as much longer.
	 */
	public record Vip(@DefaultValue List<String> addresses, @Name("interface") @Nullable String interfaceName,
			@DefaultValue Announce announce, @DefaultValue("true") boolean conflictCheck,
			@DefaultValue("200ms") Duration conflictWait) {

		/**
		 * How the neighbours are told where the addresses are.
		 *
		 * @param count How often each address is announced after it has been taken, and
		 * again one second later; 1 to 100.
		 * @param interval Time between two of these announcements, 1s at most.
		 * @param repeatInterval Time between announcements after that. Zero for none.
		 */
		public record Announce(@DefaultValue("5") int count, @DefaultValue("50ms") Duration interval,
				@DefaultValue("10s") Duration repeatInterval) {
		}

	}

	/**
	 * The service that only the leader runs.
	 *
	 * @param type Kind of the backend. A bean of type "Backend" wins over all of them.
	 * @param startTimeout How long the backend may take to start and become healthy.
	 * @param stopTimeout How long the backend may take to stop before it is killed.
	 * @param health How the health of the backend is asked for.
	 * @param supervision What is done about a backend that fails.
	 * @param process Process to run, for the type of that name.
	 * @param systemd Unit to run, for the type of that name.
	 * @param docker Container to run, for the type of that name.
	 */
	public record Backend(@DefaultValue("none") Type type, @DefaultValue("60s") Duration startTimeout,
			@DefaultValue("30s") Duration stopTimeout, @DefaultValue Health health,
			@DefaultValue Supervision supervision, @DefaultValue Process process, @DefaultValue Systemd systemd,
			@NestedConfigurationProperty @DefaultValue DockerProperties docker) {

		/**
		 * The kinds of backend.
		 */
		public enum Type {

			/**
			 * The application itself is the backend.
			 */
			NONE,

			/**
			 * A process that the leader starts and that ends with it.
			 */
			PROCESS,

			/**
			 * A service of systemd that only the leader starts.
			 */
			SYSTEMD,

			/**
			 * A Docker container of this machine that only the leader starts.
			 */
			DOCKER,

			/**
			 * A bean of type {@link io.hacluster.backend.Backend}.
			 */
			CUSTOM

		}

		/**
		 * How the health of the backend is asked for.
		 *
		 * @param url URL that answers with a status of 200 to 299 when the backend is
		 * healthy. Without one a running backend is healthy.
		 * @param interval How often the backend is asked.
		 * @param timeout How long an answer may take.
		 */
		public record Health(@Nullable URI url, @DefaultValue("5s") Duration interval,
				@DefaultValue("3s") Duration timeout) {
		}

		/**
		 * What is done about a backend that fails.
		 *
		 * @param failuresBeforeRestart How many failed health answers in a row make a
		 * failure. A backend that has ended has failed at once.
		 * @param maxRestarts How often a leader restarts its backend within the window
		 * before it steps down, so that another node can try. Zero makes it step down at
		 * once.
		 * @param window Time within which restarts are counted.
		 * @param backoff Pause before the second restart within the window; the first
		 * follows at once. Each further pause is twice as long, up to 30 seconds.
		 * @param cooling How long a node stays out of the race when its backend could not
		 * be kept running or not be started. At least the lease duration. Falls back to
		 * three lease durations.
		 */
		public record Supervision(@DefaultValue("3") int failuresBeforeRestart, @DefaultValue("3") int maxRestarts,
				@DefaultValue("10m") Duration window, @DefaultValue("1s") Duration backoff,
				@Nullable Duration cooling) {
		}

		/**
		 * The process to run.
		 *
		 * @param command Program and arguments. There is no shell in between. Required
		 * for the type "process".
		 * @param directory Directory to run in; relative programs are looked up there.
		 * Falls back to that of the application.
		 * @param environment Environment variables to add.
		 * @param stateDirectory Directory in which the running process is recorded, so
		 * that the next life of the node can stop what a former one left. Falls back to
		 * the path of the database and "-ha", or without a database to a directory in
		 * that of the application.
		 * @param stopSignal Signal that asks the process group to end.
		 * @param logFile File that the output is appended to; its directory must exist.
		 * Without one it goes to the logger "ha.backend." and the name of the cluster.
		 */
		public record Process(@DefaultValue List<String> command, @Nullable String directory,
				@DefaultValue Map<String, String> environment, @Nullable String stateDirectory,
				@DefaultValue("TERM") StopSignal stopSignal, @Nullable String logFile) {

			/**
			 * Leaves out what must not get into a log.
			 */
			@Override
			public String toString() {
				return "Process[directory=" + this.directory + ", stateDirectory=" + this.stateDirectory
						+ ", stopSignal=" + this.stopSignal + ", logFile=" + this.logFile + "]";
			}

		}

		/**
		 * The unit to run.
		 *
		 * @param unit Service that only the leader runs, with or without ".service".
		 * Required for the type "systemd".
		 * @param dependencies Units that must be active before it is started.
		 * @param journalLines How many of the last lines of the journal are told when it
		 * fails. Zero for none, 1000 at most.
		 */
		public record Systemd(@Nullable String unit, @DefaultValue List<String> dependencies,
				@DefaultValue("100") int journalLines) {
		}

	}

	/**
	 * The time budgets of the steps. Each step has its own.
	 *
	 * @param catchUpTimeout How long a new leader may take to apply what the log holds.
	 * @param replicationTimeout How long each other step of the replication may take.
	 * @param vipTimeout How long acquiring or releasing the virtual IP may take.
	 * @param databaseTimeout How long a new leader waits for the database of its backend.
	 * @param listenerTimeout How long a step-down waits for the listeners of the
	 * application before its first step.
	 */
	public record Lifecycle(@DefaultValue("60s") Duration catchUpTimeout,
			@DefaultValue("10s") Duration replicationTimeout, @DefaultValue("5s") Duration vipTimeout,
			@DefaultValue("30s") Duration databaseTimeout, @DefaultValue("2s") Duration listenerTimeout) {
	}

}
