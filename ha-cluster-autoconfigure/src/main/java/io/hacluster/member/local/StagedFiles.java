package io.hacluster.member.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.hacluster.NodeIdentity;

/**
 * Complete files that are about to get the name of a revision. A process that is killed
 * before leaves its file behind; whoever writes later removes it. Thread-safe.
 */
final class StagedFiles {

	/**
	 * Files older than this are nobody's. Whoever was stopped for longer than that finds
	 * its file gone, and has stored nothing.
	 */
	static final Duration ABANDONED = Duration.ofHours(1);

	private static final FileAttribute<?> OWNER_ONLY_FILE = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

	private final Path directory;

	private final String prefix;

	private final AtomicLong staged = new AtomicLong();

	private final AtomicBoolean tidied = new AtomicBoolean();

	StagedFiles(NodeIdentity identity, Path directory) {
		this.directory = directory;
		this.prefix = ProcessHandle.current().pid() + "-" + identity.nonce() + "-" + System.identityHashCode(this)
				+ "-";
	}

	Path directory() {
		return this.directory;
	}

	/**
	 * Writes a file. The first call also removes those that were abandoned.
	 * @param value its content
	 * @return the file, to be deleted by the caller
	 */
	Path write(byte[] value) throws IOException {
		Path file = this.directory.resolve(this.prefix + this.staged.incrementAndGet());
		try (FileChannel channel = FileChannel.open(file,
				Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING),
				OWNER_ONLY_FILE)) {
			ByteBuffer buffer = ByteBuffer.wrap(value);
			while (buffer.hasRemaining()) {
				channel.write(buffer);
			}
		}
		if (!this.tidied.getAndSet(true)) {
			// Both times are the file system's: no other clock has a say
			removeBefore(modified(file).minus(ABANDONED));
		}
		return file;
	}

	private void removeBefore(Instant time) throws IOException {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.directory, Files::isRegularFile)) {
			for (Path file : files) {
				try {
					if (modified(file).isBefore(time)) {
						Files.deleteIfExists(file);
					}
				}
				catch (NoSuchFileException ex) {
					// Another process has just published its file
				}
			}
		}
	}

	private static Instant modified(Path file) throws IOException {
		return Files.getLastModifiedTime(file).toInstant();
	}

}
