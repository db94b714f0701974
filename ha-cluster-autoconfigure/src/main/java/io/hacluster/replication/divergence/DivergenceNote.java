package io.hacluster.replication.divergence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.DivergedDatabase.Branch;

/**
 * What is noted about a database that was set aside, in a text file beside it: for
 * people, and for the comparison with the log.
 *
 * @param reason why it was set aside
 * @param branch up to where it went along with the log, null if unknown
 */
record DivergenceNote(String reason, @Nullable Branch branch) {

	static final String SUFFIX = ".txt";

	private static final String REASON = "reason";

	private static final String LOG = "log";

	private static final String TXID = "branch-txid";

	static Path path(Path database) {
		return database.resolveSibling(database.getFileName() + SUFFIX);
	}

	/**
	 * Reads a note.
	 * @param database the database it is about
	 * @return the note; empty if there is none or it cannot be understood, which is no
	 * worse than not knowing
	 */
	static Optional<DivergenceNote> read(Path database) {
		try {
			Map<String, String> values = new HashMap<>();
			for (String line : Files.readAllLines(path(database), StandardCharsets.UTF_8)) {
				int colon = line.indexOf(": ");
				if (colon > 0) {
					values.put(line.substring(0, colon), line.substring(colon + 2));
				}
			}
			String txid = values.get(TXID);
			Branch branch = (txid != null) ? new Branch(values.getOrDefault(LOG, ""), Long.parseLong(txid)) : null;
			return Optional.of(new DivergenceNote(values.getOrDefault(REASON, ""), branch));
		}
		catch (IOException | NumberFormatException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Writes the note durably.
	 * @param database the database it is about
	 * @param origin says whose database it is, for people
	 * @throws IOException if it cannot be written
	 */
	void write(Path database, String origin) throws IOException {
		StringBuilder text = new StringBuilder("A database that went another way than the log.\n");
		append(text, "database", origin);
		append(text, REASON, this.reason);
		Branch known = this.branch;
		if (known != null) {
			if (!known.logId().isEmpty()) {
				append(text, LOG, known.logId());
			}
			append(text, TXID, Long.toString(known.txid()));
		}
		Path note = path(database);
		Path temporary = note.resolveSibling(note.getFileName() + ".tmp");
		try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE,
				StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
			ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
			while (bytes.hasRemaining()) {
				channel.write(bytes);
			}
			channel.force(true);
		}
		Files.move(temporary, note, StandardCopyOption.ATOMIC_MOVE);
		syncDirectory(note);
	}

	/**
	 * Makes renames and removals durable (Litestream #1344).
	 * @param path a file in the directory
	 * @throws IOException if the disk fails
	 */
	static void syncDirectory(Path path) throws IOException {
		try (FileChannel channel = FileChannel.open(path.toAbsolutePath().resolveSibling("."),
				StandardOpenOption.READ)) {
			channel.force(true);
		}
	}

	/**
	 * Removes the note about a database.
	 * @param database the database
	 * @throws IOException if it cannot be removed
	 */
	static void delete(Path database) throws IOException {
		try {
			Files.delete(path(database));
		}
		catch (NoSuchFileException ex) {
			// A database may have none
		}
	}

	private static void append(StringBuilder text, String key, String value) {
		text.append(key).append(": ").append(value.replaceAll("\\R", " ")).append('\n');
	}

}
