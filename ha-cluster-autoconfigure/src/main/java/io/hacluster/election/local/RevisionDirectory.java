package io.hacluster.election.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import io.hacluster.election.LeaseCodec;
import io.hacluster.election.LeaseConflictException;

/**
 * The revisions of one key: files named by revision, the greatest of which counts. A
 * revision is written by hard-linking a complete file to the next number, which only one
 * process can do. No locks are held, so a process that is stopped at any instruction
 * blocks nobody; when it goes on, it can at most link a number that was used and removed
 * long ago. Since the last {@value #KEPT} revisions are never removed, and the greatest
 * only grows, one look at the directory tells such a late link from a fresh one: the
 * kernel lists a directory this small in a single step.
 */
class RevisionDirectory {

	/**
	 * How many revisions below the greatest stay.
	 */
	static final int KEPT = 32;

	private static final Pattern REVISION = Pattern.compile("[0-9a-f]{16}");

	private final Path path;

	RevisionDirectory(Path path) {
		this.path = path;
	}

	/**
	 * Returns the greatest revision.
	 * @return the revision, zero if there is none
	 */
	long greatest() throws IOException {
		List<Long> revisions = revisions();
		return revisions.isEmpty() ? 0 : Collections.max(revisions);
	}

	/**
	 * Reads a revision.
	 * @return its bytes, one more than a record may have at most
	 * @throws NoSuchFileException if it is not, or no longer, there
	 */
	byte[] read(long revision) throws IOException {
		try (FileChannel channel = FileChannel.open(file(revision), StandardOpenOption.READ)) {
			ByteBuffer buffer = ByteBuffer.allocate(LeaseCodec.MAX_BYTES + 1);
			while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
				continue;
			}
			byte[] bytes = new byte[buffer.flip().remaining()];
			buffer.get(bytes);
			return bytes;
		}
	}

	/**
	 * Makes a staged file the next revision.
	 * @param staged a complete file on the same file system
	 * @param expected the revision that must be the greatest, zero if there must be none
	 * @return the revision written
	 * @throws LeaseConflictException if another one is the greatest
	 * @throws LateLinkException if the outcome is unknown
	 */
	long publish(Path staged, long expected) throws IOException {
		long before = greatest();
		if (before != expected) {
			throw new LeaseConflictException(
					"The record is at revision " + before + ", not at the expected " + expected);
		}
		long revision = expected + 1;
		try {
			Files.createLink(file(revision), staged);
		}
		catch (FileAlreadyExistsException ex) {
			throw new LeaseConflictException(
					"The record is at revision " + revision + " or later, not at the expected " + expected);
		}
		List<Long> after = revisions();
		long greatest = Collections.max(after);
		if (greatest >= expected + KEPT || (expected > 0 && !after.contains(expected))) {
			if (greatest > revision) {
				Files.deleteIfExists(file(revision));
			}
			throw new LateLinkException("This process was stopped while it wrote revision " + revision
					+ ", and the record has moved on to revision " + greatest);
		}
		prune(after, greatest);
		return revision;
	}

	/**
	 * Removes old revisions, the oldest first: if one is there, all later ones are.
	 */
	private void prune(List<Long> revisions, long greatest) throws IOException {
		Collections.sort(revisions);
		for (long revision : revisions) {
			if (revision >= greatest - KEPT) {
				return;
			}
			Files.deleteIfExists(file(revision));
		}
	}

	void sync() throws IOException {
		try (FileChannel channel = FileChannel.open(this.path, StandardOpenOption.READ)) {
			channel.force(true);
		}
	}

	private List<Long> revisions() throws IOException {
		List<Long> revisions = new ArrayList<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.path)) {
			for (Path file : files) {
				if (isRevision(file)) {
					revisions.add(HexFormat.fromHexDigitsToLong(file.getFileName().toString()));
				}
			}
		}
		return revisions;
	}

	static boolean isRevision(Path file) {
		return REVISION.matcher(file.getFileName().toString()).matches();
	}

	private Path file(long revision) {
		return this.path.resolve(String.format(Locale.ROOT, "%016x", revision));
	}

	/**
	 * A link was made so late that it cannot be told whether it ever counted.
	 */
	static final class LateLinkException extends IOException {

		private static final long serialVersionUID = 1L;

		LateLinkException(String message) {
			super(message);
		}

	}

}
