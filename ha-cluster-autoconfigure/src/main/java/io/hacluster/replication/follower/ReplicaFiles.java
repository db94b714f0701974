package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Epoch;
import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.DivergedDatabase.Branch;
import io.hacluster.replication.divergence.DivergedFiles;
import io.hacluster.replication.follower.ReplicaPosition.Place;

/**
 * The files of one node: the database at the leader's path or the replica at the
 * follower's, the position, and what has been set aside. Moves them by rename only. Not
 * thread-safe.
 */
public final class ReplicaFiles {

	private static final Logger logger = LoggerFactory.getLogger(ReplicaFiles.class);

	private final ReplicaFile database;

	private final ReplicaLink replica;

	private final Path state;

	private final PositionFile position;

	private final DivergedFiles diverged;

	private final Consumer<DivergedDatabase> onSetAside;

	private final NodeIdentity node;

	private final ReplicaMoves moves;

	/**
	 * Creates the files' keeper.
	 * @param path the leader's path
	 * @param replicaPath the follower's path
	 * @param divergedToKeep how many databases that were set aside are kept, at least 1
	 * @param node this process
	 * @param clock for the names of what is set aside
	 * @param onSetAside told what has been set aside
	 * @throws HaClusterException if the paths cannot be used, naming the property to
	 * change
	 */
	public ReplicaFiles(Path path, Path replicaPath, int divergedToKeep, NodeIdentity node, Clock clock,
			Consumer<DivergedDatabase> onSetAside) {
		this(path, replicaPath, divergedToKeep, node, clock, onSetAside, () -> {
		});
	}

	ReplicaFiles(Path path, Path replicaPath, int divergedToKeep, NodeIdentity node, Clock clock,
			Consumer<DivergedDatabase> onSetAside, Runnable afterStep) {
		this.database = new ReplicaFile(path.toAbsolutePath().normalize());
		this.replica = new ReplicaLink(replicaPath.toAbsolutePath().normalize());
		this.state = this.database.database().resolveSibling(path.getFileName() + "-ha");
		this.node = node;
		this.diverged = new DivergedFiles(this.database.database(), divergedToKeep, node, clock);
		this.onSetAside = onSetAside;
		this.position = new PositionFile(this.state.resolve("position"), node);
		this.moves = new ReplicaMoves(this.state.resolve("move"), this.replica, this.position, node, afterStep);
		ReplicaPaths.require(this.database.database(), this.replica, this.state);
	}

	public ReplicaFile database() {
		return this.database;
	}

	/**
	 * Returns the path by which readers come to the replica, whichever file that is.
	 * @return the path
	 */
	public Path replicaPath() {
		return this.replica.path();
	}

	/**
	 * Returns the files that are the replica until the next one takes its place.
	 * @return the files
	 * @throws IOException if that cannot be found out
	 */
	public ReplicaFile replica() throws IOException {
		return this.replica.target();
	}

	private ReplicaFile at(Place place) throws IOException {
		return (place == Place.DATABASE) ? this.database : replica();
	}

	/**
	 * Returns the path of a database, for people.
	 * @param place where it is
	 * @return the configured path
	 */
	Path pathOf(Place place) {
		return (place == Place.DATABASE) ? this.database.database() : replicaPath();
	}

	/**
	 * Returns whether a database is there. A file without content, as SQLite makes when
	 * it is asked to open one that does not exist, holds nothing.
	 * @param place where to look
	 * @return whether there is one
	 * @throws IOException if that cannot be found out
	 */
	public boolean exists(Place place) throws IOException {
		try {
			return Files.size(pathOf(place)) > 0;
		}
		catch (NoSuchFileException ex) {
			return false;
		}
	}

	public PositionFile position() {
		return this.position;
	}

	/**
	 * Returns the directory for what is needed between two steps only.
	 * @return an existing directory
	 * @throws IOException if it cannot be made
	 */
	public Path staging() throws IOException {
		Path staging = this.state.resolve("staging");
		Files.createDirectories(staging,
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		return staging;
	}

	/**
	 * Returns where a new replica is built before it takes its place.
	 * @return a path beside the replica
	 */
	Path copy() {
		return replicaPath().resolveSibling(replicaPath().getFileName() + ".restoring");
	}

	/**
	 * Claims the files for this process.
	 * @return the claim
	 * @throws HaClusterException if another process has claimed them
	 */
	public ReplicaClaim claim() {
		return ReplicaClaim.take(this.state.resolve("lock"));
	}

	/**
	 * Finishes a move that a crash or a failure has interrupted, and finds a place for
	 * each database that stands where no replica is looked for.
	 * @throws IOException if a rename fails
	 * @throws HaClusterException if people have to say which file is to be kept
	 */
	public void recover() throws IOException {
		Optional<ReplicaFile> moved = this.moves.finish();
		if (moved.isPresent() && !moved.get().equals(this.database) && !isReplica(moved.get())) {
			Files.deleteIfExists(moved.get().shared());
			tell(moved.get());
		}
		this.replica.clear();
		List<ReplicaFile> strays = this.replica.strays();
		for (ReplicaFile stray : strays) {
			takeUp(stray, strays.size() == 1);
		}
	}

	/**
	 * May be the only copy of something, whatever has led to this.
	 */
	private void takeUp(ReplicaFile stray, boolean only) throws IOException {
		if (!Files.exists(stray.database())) {
			throw new HaClusterException(stray.log() + " is the write-ahead log of a database that has been moved "
					+ "without it. Move it beside that database, or remove it");
		}
		if (exists(Place.REPLICA) && !Files.isSymbolicLink(replicaPath())) {
			throw new HaClusterException("There is a database at ha.cluster.sqlite.replica-path (" + replicaPath()
					+ ") and a replica in " + stray.database().getParent()
					+ ". Move the one away that is not to be kept, with its -wal");
		}
		if (only && !exists(Place.REPLICA) && !exists(Place.DATABASE)) {
			this.replica.lead(stray);
			logger.warn("[{}] {} did not lead to the replica in {} any more, and does again", this.node, replicaPath(),
					stray.database().getParent());
			return;
		}
		ReplicaFile aside = new ReplicaFile(
				this.diverged.announce(Epoch.NONE, null, "it was beside the replica and not in use"));
		force(stray.log());
		this.moves.move(stray, aside, this.position.read().orElse(null));
		Files.deleteIfExists(aside.shared());
		logger.warn("[{}] {} was not in use and has been set aside as {}", this.node, stray.database(),
				aside.database());
		tell(aside);
	}

	private boolean isReplica(ReplicaFile file) {
		return this.replica.isBelow(file) || file.database().equals(replicaPath());
	}

	/**
	 * Moves the replica to the leader's path.
	 * @param newPosition the position from then on
	 * @throws IOException if a rename fails
	 */
	public void promote(ReplicaPosition newPosition) throws IOException {
		if (exists(Place.DATABASE)) {
			setAside(Place.DATABASE, newPosition.epoch(), null, "it stood in the way of the promotion");
		}
		clearCompanions(newPosition.epoch());
		this.moves.move(replica(), this.database, newPosition);
	}

	/**
	 * Moves the database to the follower's path.
	 * @param newPosition the position from then on
	 * @throws IOException if a rename fails
	 */
	public void demote(ReplicaPosition newPosition) throws IOException {
		if (exists(Place.REPLICA)) {
			setAside(Place.REPLICA, newPosition.epoch(), null, "it stood in the way of the demotion");
		}
		this.moves.move(this.database, this.replica.create(), newPosition);
	}

	/**
	 * Lets a new file take the place of the replica. Who has the former open keeps it;
	 * who has opened it without having read from it yet cannot.
	 * @param file the new file, beside the path of the replica
	 * @throws IOException if a rename fails
	 */
	void replace(Path file) throws IOException {
		this.moves.requireNothingInterrupted();
		this.replica.replace(file);
	}

	/**
	 * Renames a database to a name that nobody uses, and forgets its position. Nothing of
	 * it is deleted but the wal-index, which SQLite builds anew.
	 * @param place where it is
	 * @param epoch the last epoch that it has been part of
	 * @param branch up to where it went along with the log, null if unknown
	 * @param reason why, for people
	 * @return what has been set aside
	 * @throws IOException if a rename fails
	 */
	ReplicaFile setAside(Place place, Epoch epoch, @Nullable Branch branch, String reason) throws IOException {
		ReplicaFile aside = new ReplicaFile(this.diverged.announce(epoch, branch, reason));
		Optional<ReplicaPosition> other = this.position.read().filter((current) -> current.place() != place);
		force(at(place).log());
		this.moves.move(at(place), aside, other.orElse(null));
		Files.deleteIfExists(aside.shared());
		logger.warn("[{}] {} has been set aside as {}: {}", this.node, pathOf(place), aside.database(), reason);
		tell(aside);
		return aside;
	}

	/**
	 * Lists what has been set aside.
	 * @return the databases, oldest first
	 */
	public List<DivergedDatabase> diverged() {
		return this.diverged.list();
	}

	private void tell(ReplicaFile aside) {
		this.diverged.prune();
		DivergedFiles.describe(aside.database()).ifPresent(this.onSetAside);
	}

	/**
	 * What the dead leader committed last may be in the memory of the machine only: a
	 * database in WAL mode is not synced with each transaction. The database file itself
	 * is not to be opened, which could drop locks that SQLite holds in this process; its
	 * pages are synced by each checkpoint.
	 */
	private static void force(Path log) throws IOException {
		if (Files.exists(log)) {
			try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
				channel.force(true);
			}
		}
	}

	/**
	 * A write-ahead log that stands alone would be replayed into whatever database comes
	 * beside it.
	 */
	private void clearCompanions(Epoch epoch) throws IOException {
		Path log = this.database.log();
		if (Files.exists(log)) {
			Path aside = new ReplicaFile(this.diverged.announce(epoch, null, "it stood there without its database"))
				.log();
			Files.move(log, aside);
			this.diverged.prune();
			logger.warn("[{}] {} stood there without its database and has been set aside as {}", this.node, log, aside);
		}
		Files.deleteIfExists(this.database.shared());
	}

}
