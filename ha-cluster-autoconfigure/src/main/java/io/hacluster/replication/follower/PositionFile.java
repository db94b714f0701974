package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * The file that holds the {@link ReplicaPosition}; always the old or the new one, also
 * after a crash of the machine. Thread-safe.
 */
public final class PositionFile {

	private static final Logger logger = LoggerFactory.getLogger(PositionFile.class);

	private final Path path;

	private final NodeIdentity node;

	PositionFile(Path path, NodeIdentity node) {
		this.path = path;
		this.node = node;
	}

	/**
	 * Reads the position.
	 * @return the position; empty if there is none, or the file is damaged, which is
	 * logged and no worse than not knowing
	 * @throws IOException if the file cannot be read
	 */
	synchronized Optional<ReplicaPosition> read() throws IOException {
		try {
			String text = Files.readString(this.path, StandardCharsets.ISO_8859_1);
			return Optional.of(PositionText.position(PositionText.read(text)));
		}
		catch (NoSuchFileException ex) {
			return Optional.empty();
		}
		catch (IllegalArgumentException ex) {
			logger.warn("[{}] The position file {} is damaged ({}); the position of the local database is taken as "
					+ "unknown", this.node, this.path, ex.getMessage());
			return Optional.empty();
		}
	}

	/**
	 * Writes the position durably.
	 * @param position the position
	 * @throws IOException if the file cannot be written
	 */
	public synchronized void write(ReplicaPosition position) throws IOException {
		Map<String, String> values = new LinkedHashMap<>();
		PositionText.put(position, values);
		writeDurably(this.path, PositionText.write(values));
	}

	/**
	 * Forgets the position durably.
	 * @throws IOException if the file cannot be removed
	 */
	synchronized void delete() throws IOException {
		if (Files.deleteIfExists(this.path)) {
			syncDirectory(this.path);
		}
	}

	static void writeDurably(Path path, String text) throws IOException {
		Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
		try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE,
				StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
			ReplicaTransaction.writeFully(channel, ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)), 0);
			channel.force(true);
		}
		Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		syncDirectory(path);
	}

	/**
	 * Makes renames and removals durable.
	 * @param path a file in the directory
	 * @throws IOException if the disk fails
	 */
	static void syncDirectory(Path path) throws IOException {
		try (FileChannel channel = FileChannel.open(path.toAbsolutePath().resolveSibling("."),
				StandardOpenOption.READ)) {
			channel.force(true);
		}
	}

}
