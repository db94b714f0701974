package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;

/**
 * The move of a database from one path to another: up to three renames and the new
 * position, as one step. What is to be done is written down first and struck out last, so
 * that a crash anywhere between is made up for by doing it again; the files are told by
 * the inode of the database. Costs the same for a database of any size.
 *
 * @param from where the database is
 * @param to where it goes; nothing may stand there
 * @param inode the inode of the database file
 * @param withdraw whether the directory of the database is its own and is taken away
 * first, so that nobody who comes by the old path finds a part of it
 * @param position the position from then on, null if there is none
 */
record ReplicaMove(ReplicaFile from, ReplicaFile to, String inode, boolean withdraw,
		@Nullable ReplicaPosition position) {

	/**
	 * Plans a move of the database that is at a path now.
	 * @param from where the database is
	 * @param to where it goes
	 * @param withdraw whether the directory of the database is its own and is taken away
	 * first
	 * @param position the position from then on, null if there is none
	 * @return the move
	 * @throws IOException if the database does not exist
	 */
	static ReplicaMove plan(ReplicaFile from, ReplicaFile to, boolean withdraw, @Nullable ReplicaPosition position)
			throws IOException {
		return new ReplicaMove(from, to, inode(from.database()), withdraw, position);
	}

	/**
	 * Reads a move that has not been struck out.
	 * @param journal where it was written down
	 * @return the move, empty if there is none
	 * @throws IOException if it cannot be read
	 * @throws HaClusterException if it is damaged
	 */
	static Optional<ReplicaMove> read(Path journal) throws IOException {
		try {
			Map<String, String> values = PositionText.read(Files.readString(journal, StandardCharsets.ISO_8859_1));
			return Optional.of(new ReplicaMove(file(values, "from"), file(values, "to"),
					PositionText.value(values, "inode"), Boolean.parseBoolean(values.get("withdraw")),
					values.containsKey("place") ? PositionText.position(values) : null));
		}
		catch (NoSuchFileException ex) {
			return Optional.empty();
		}
		catch (IllegalArgumentException ex) {
			throw new HaClusterException(
					"The file " + journal + ", which tells how far a rename of the database has " + "come, is damaged ("
							+ ex.getMessage() + "). See which of the files it names is where, and " + "remove it",
					ex);
		}
	}

	/**
	 * Writes the move down.
	 * @param journal where
	 * @throws IOException if it cannot be written
	 */
	void write(Path journal) throws IOException {
		Map<String, String> values = new LinkedHashMap<>();
		values.put("from", encode(this.from));
		values.put("to", encode(this.to));
		values.put("inode", this.inode);
		values.put("withdraw", Boolean.toString(this.withdraw));
		if (this.position != null) {
			PositionText.put(this.position, values);
		}
		PositionFile.writeDurably(journal, PositionText.write(values));
	}

	/**
	 * Renames what has not been renamed yet, and makes that durable.
	 * @param afterRename called after each rename
	 * @return whether the database is at its new path
	 * @throws IOException if a rename fails
	 */
	boolean perform(Runnable afterRename) throws IOException {
		ReplicaFile source = this.from;
		if (this.withdraw) {
			source = withdrawn();
			if (isAt(this.from)) {
				ReplicaDirectories.withdraw(directory(this.from));
				afterRename.run();
			}
		}
		boolean before = isAt(source);
		if (!before && !isAt(this.to)) {
			return false;
		}
		List<Path[]> renames = new ArrayList<>();
		if (before) {
			renames.add(new Path[] { source.database(), this.to.database() });
		}
		renames.add(new Path[] { source.log(), this.to.log() });
		renames.add(new Path[] { source.shared(), this.to.shared() });
		for (Path[] rename : renames) {
			if (Files.exists(rename[0])) {
				Files.move(rename[0], rename[1], StandardCopyOption.ATOMIC_MOVE);
				afterRename.run();
			}
		}
		PositionFile.syncDirectory(this.to.database());
		if (!directory(this.to).equals(directory(source)) && Files.exists(directory(source))) {
			PositionFile.syncDirectory(source.database());
		}
		return true;
	}

	/**
	 * Returns whether a part is where the database was, and a database where it goes.
	 * @return whether nobody can tell if they belong together
	 */
	boolean isTorn() {
		ReplicaFile source = this.withdraw ? withdrawn() : this.from;
		return Files.exists(this.to.database()) && (Files.exists(source.database()) || Files.exists(source.log()));
	}

	private ReplicaFile withdrawn() {
		Path directory = ReplicaDirectories.withdrawn(directory(this.from));
		return new ReplicaFile(directory.resolve(this.from.database().getFileName()));
	}

	private static Path directory(ReplicaFile file) {
		return Objects.requireNonNull(file.database().getParent());
	}

	private boolean isAt(ReplicaFile file) throws IOException {
		return Files.exists(file.database()) && inode(file.database()).equals(this.inode);
	}

	private static ReplicaFile file(Map<String, String> values, String key) {
		String encoded = PositionText.value(values, key);
		byte[] bytes = HexFormat.of().parseHex(encoded);
		return new ReplicaFile(Path.of(new String(bytes, StandardCharsets.UTF_8)));
	}

	private static String encode(ReplicaFile file) {
		byte[] bytes = file.database().toString().getBytes(StandardCharsets.UTF_8);
		return HexFormat.of().formatHex(bytes);
	}

	private static String inode(Path path) throws IOException {
		return String.valueOf(Files.getAttribute(path, "unix:ino"));
	}

}
