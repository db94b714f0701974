package io.hacluster.member.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.hacluster.member.StateKeys;
import io.hacluster.member.StateStore;

/**
 * The files of a directory that are named by a key and a revision. The greatest revision
 * of a key is its record.
 */
final class RevisionFiles {

	/**
	 * How many revisions below the greatest stay: by them a process that was stopped in
	 * the middle of a write sees whether it still counted.
	 */
	static final int KEPT = 8;

	private static final Pattern NAME = Pattern.compile("([^~]{1,100})~([0-7][0-9a-f]{15})");

	private final Path directory;

	RevisionFiles(Path directory) {
		this.directory = directory;
	}

	Path directory() {
		return this.directory;
	}

	/**
	 * Returns the key that a file belongs to, {@code null} if it is none of these files.
	 */
	static @Nullable String key(Path file) {
		Matcher matcher = NAME.matcher(file.getFileName().toString());
		return (matcher.matches() && StateKeys.isKey(matcher.group(1))) ? matcher.group(1) : null;
	}

	SortedSet<Long> of(String key) throws IOException {
		return all().getOrDefault(key, new TreeSet<>());
	}

	Map<String, SortedSet<Long>> all() throws IOException {
		Map<String, SortedSet<Long>> all = new TreeMap<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.directory)) {
			for (Path file : files) {
				Matcher matcher = NAME.matcher(file.getFileName().toString());
				if (matcher.matches() && StateKeys.isKey(matcher.group(1))) {
					all.computeIfAbsent(matcher.group(1), (key) -> new TreeSet<>())
						.add(HexFormat.fromHexDigitsToLong(matcher.group(2)));
				}
			}
		}
		catch (NoSuchFileException ex) {
			return all;
		}
		return all;
	}

	/**
	 * Reads a revision.
	 * @return its bytes, at most one more than a value may have
	 * @throws NoSuchFileException if it is not, or no longer, there
	 */
	byte[] read(String key, long revision) throws IOException {
		try (FileChannel channel = FileChannel.open(file(key, revision), StandardOpenOption.READ,
				LinkOption.NOFOLLOW_LINKS)) {
			ByteBuffer buffer = ByteBuffer.allocate(StateStore.MAX_BYTES + 1);
			while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
				continue;
			}
			byte[] bytes = new byte[buffer.flip().remaining()];
			buffer.get(bytes);
			return bytes;
		}
	}

	void link(String key, long revision, Path staged) throws IOException {
		Files.createLink(file(key, revision), staged);
	}

	/**
	 * Removes revisions that are too old, the oldest first.
	 */
	void prune(String key, SortedSet<Long> revisions) throws IOException {
		for (long revision : revisions.headSet(revisions.last() - KEPT)) {
			Files.deleteIfExists(file(key, revision));
		}
	}

	/**
	 * Removes all revisions, the oldest first, so that none of them counts again.
	 */
	void remove(String key) throws IOException {
		for (long revision : of(key)) {
			Files.deleteIfExists(file(key, revision));
		}
	}

	private Path file(String key, long revision) {
		return this.directory.resolve(key + "~" + String.format(Locale.ROOT, "%016x", revision));
	}

}
