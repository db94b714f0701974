package io.hacluster.replication.divergence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.DivergedDatabase.Branch;

/**
 * The databases that were set aside beside a database: gives each a name of its own with
 * a note about it, lists them, and keeps their number bounded. Stateless but for its
 * settings.
 */
public final class DivergedFiles {

	private static final Logger logger = LoggerFactory.getLogger(DivergedFiles.class);

	private static final List<String> COMPANIONS = List.of("-wal", "-shm", DivergenceNote.SUFFIX,
			DivergenceNote.SUFFIX + ".tmp");

	private final Path database;

	private final int keep;

	private final NodeIdentity node;

	private final Clock clock;

	/**
	 * Creates the keeper of what is set aside.
	 * @param database absolute path of the database
	 * @param keep how many to keep, at least 1
	 * @param node this process
	 * @param clock for names
	 */
	public DivergedFiles(Path database, int keep, NodeIdentity node, Clock clock) {
		this.database = database;
		this.keep = keep;
		this.node = node;
		this.clock = clock;
	}

	/**
	 * Finds a name that nobody uses, and notes there durably what is to come. Until the
	 * database is there, the note means nothing.
	 * @param epoch the last epoch that the database has been part of
	 * @param branch up to where it went along with the log, null if unknown
	 * @param reason why it is set aside, for people
	 * @return where to move the database to
	 * @throws IOException if the note cannot be written
	 */
	public Path announce(Epoch epoch, @Nullable Branch branch, String reason) throws IOException {
		DivergedName name = new DivergedName(this.database.getFileName().toString(), epoch,
				this.clock.instant().truncatedTo(ChronoUnit.SECONDS), 1);
		while (isTaken(this.database.resolveSibling(name.toString()))) {
			name = name.next();
		}
		Path file = this.database.resolveSibling(name.toString());
		new DivergenceNote(reason, branch).write(file,
				this.database + " of " + this.node.nodeId() + " in " + this.node.cluster());
		return file;
	}

	/**
	 * Lists what has been set aside.
	 * @return the databases, oldest first; none if the directory cannot be read
	 */
	public List<DivergedDatabase> list() {
		return list(this.database);
	}

	/**
	 * Lists what has been set aside beside a database.
	 * @param database path of the database
	 * @return the databases, oldest first; none if the directory cannot be read
	 */
	public static List<DivergedDatabase> list(Path database) {
		try {
			List<DivergedDatabase> databases = new ArrayList<>();
			for (Path file : names(database).values()) {
				describe(file).ifPresent(databases::add);
			}
			return List.copyOf(databases);
		}
		catch (IOException ex) {
			logger.debug("Cannot list what has been set aside beside {}", database, ex);
			return List.of();
		}
	}

	/**
	 * Describes a database that was set aside.
	 * @param file where it is
	 * @return what its name and the note beside it tell; empty if it is not there, or has
	 * another name
	 */
	public static Optional<DivergedDatabase> describe(Path file) {
		Optional<DivergedName> name = DivergedName.parse(file);
		try {
			if (name.isEmpty() || !Files.isRegularFile(file)) {
				return Optional.empty();
			}
			Path log = companion(file, "-wal");
			long bytes = Files.size(file) + (Files.exists(log) ? Files.size(log) : 0);
			Optional<DivergenceNote> note = DivergenceNote.read(file);
			return Optional.of(new DivergedDatabase(file, name.get().epoch(), name.get().time(), bytes,
					note.map(DivergenceNote::branch).orElse(null), note.map(DivergenceNote::reason).orElse("")));
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Deletes the oldest beyond the number to keep. To be called when the newest stands
	 * durably.
	 */
	public void prune() {
		try {
			List<Path> files = new ArrayList<>(names(this.database).values());
			boolean changed = false;
			for (int i = 0; i < files.size(); i++) {
				Path file = files.get(i);
				boolean holdsNothing = !Files.exists(file) && !Files.exists(companion(file, "-wal"));
				if (holdsNothing || i < files.size() - this.keep) {
					delete(file, holdsNothing);
					changed = true;
				}
			}
			if (changed) {
				DivergenceNote.syncDirectory(this.database);
			}
		}
		catch (IOException ex) {
			logger.warn("[{}] What has been set aside cannot be bounded to {} databases: {}", this.node, this.keep,
					ex.toString());
		}
	}

	/**
	 * The database goes first: if this is interrupted, what is left is not taken for a
	 * whole one.
	 */
	private void delete(Path file, boolean holdsNothing) throws IOException {
		if (!holdsNothing) {
			logger.warn("[{}] Deleting {}: {} newer databases have been set aside since, and as many are kept",
					this.node, file, this.keep);
		}
		Files.deleteIfExists(file);
		for (String suffix : COMPANIONS) {
			Files.deleteIfExists(companion(file, suffix));
		}
	}

	/**
	 * Finds all names in use, also such that only a companion bears.
	 */
	private static TreeMap<DivergedName, Path> names(Path database) throws IOException {
		TreeMap<DivergedName, Path> names = new TreeMap<>(Comparator.naturalOrder());
		try (Stream<Path> files = Files.list(database.toAbsolutePath().resolveSibling("."))) {
			files.forEach((file) -> DivergedName.parse(withoutSuffix(file))
				.filter((name) -> name.database().equals(String.valueOf(database.getFileName())))
				.ifPresent((name) -> names.put(name, database.resolveSibling(name.toString()))));
		}
		return names;
	}

	private static Path withoutSuffix(Path file) {
		String name = file.getFileName().toString();
		for (String suffix : COMPANIONS) {
			if (name.endsWith(suffix)) {
				return file.resolveSibling(name.substring(0, name.length() - suffix.length()));
			}
		}
		return file;
	}

	private static boolean isTaken(Path file) {
		return Files.exists(file) || COMPANIONS.stream().anyMatch((suffix) -> Files.exists(companion(file, suffix)));
	}

	private static Path companion(Path file, String suffix) {
		return file.resolveSibling(file.getFileName() + suffix);
	}

}
