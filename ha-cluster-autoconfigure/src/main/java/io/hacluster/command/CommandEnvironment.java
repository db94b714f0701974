package io.hacluster.command;

import java.nio.file.Path;
import java.time.Clock;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.election.ElectionSettings;
import io.hacluster.election.LeaseStore;
import io.hacluster.member.StateStore;
import io.hacluster.replication.ReplicaStore;

/**
 * What the configuration of the application gives to a command. Nothing in it creates
 * what does not exist.
 */
public interface CommandEnvironment extends AutoCloseable {

	/**
	 * Returns who asks.
	 * @return the cluster and the node that the configuration names
	 */
	NodeIdentity identity();

	/**
	 * Returns whether a database is configured.
	 * @return {@code false} in a cluster that only elects
	 */
	boolean hasLog();

	/**
	 * Returns the log.
	 * @return the log, for reading
	 * @throws HaClusterException if no database is configured
	 */
	ReplicaStore log();

	/**
	 * Returns the leases.
	 * @return the leases, for reading
	 */
	LeaseStore leases();

	/**
	 * Returns what the nodes tell one another.
	 * @return the records
	 */
	StateStore state();

	/**
	 * Returns the wall clock, for times that are displayed.
	 * @return the clock
	 */
	Clock clock();

	/**
	 * Returns the file that {@code ha.cluster.sqlite.path} names.
	 * @return the absolute path
	 * @throws HaClusterException if no database is configured
	 */
	Path database();

	/**
	 * Returns the file that a follower keeps its replica in.
	 * @return the absolute path
	 * @throws HaClusterException if no database is configured
	 */
	Path replica();

	/**
	 * Returns the times of the election.
	 * @return the times
	 */
	ElectionSettings election();

	/**
	 * Returns the unit that {@code ha.cluster.backend.systemd.unit} names.
	 * @return the unit
	 * @throws HaClusterException if none is configured
	 */
	String systemdUnit();

	@Override
	void close();

}
