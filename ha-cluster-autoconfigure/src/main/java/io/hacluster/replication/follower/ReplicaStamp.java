package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;

import io.hacluster.replication.wal.WalHeader;
import io.hacluster.replication.wal.WalPosition;
import io.hacluster.replication.wal.WalReader;

/**
 * How the files of a database look. While nobody has written to the database, its content
 * is the same: as long as the write-ahead log has frames, this shows in the log's end;
 * otherwise in size and time of the database file.
 *
 * @param size bytes of the database file
 * @param modified when it was last written, in nanoseconds since 1970
 * @param salt1 first salt of the write-ahead log, 0 if it has no committed frame
 * @param salt2 second salt of the write-ahead log, 0 if it has no committed frame
 * @param end where its last commit ends, 0 if it has no committed frame
 */
public record ReplicaStamp(long size, long modified, int salt1, int salt2, long end) {

	/**
	 * Looks at the files.
	 * @param file an existing database
	 * @return the stamp
	 * @throws IOException if the files cannot be read
	 */
	public static ReplicaStamp of(ReplicaFile file) throws IOException {
		BasicFileAttributes attributes = Files.readAttributes(file.database(), BasicFileAttributes.class);
		FileTime time = attributes.lastModifiedTime();
		long modified = time.to(TimeUnit.NANOSECONDS);
		return ofLog(file.log(), attributes.size(), modified);
	}

	/**
	 * Returns whether a database that looked like this and now looks like the other has
	 * the same content.
	 * @param other how it looks now
	 * @return whether it is certain that nobody has written to it
	 */
	boolean hasContentOf(ReplicaStamp other) {
		if (hasLog() || other.hasLog()) {
			return this.salt1 == other.salt1 && this.salt2 == other.salt2 && this.end == other.end;
		}
		return this.size == other.size && this.modified == other.modified;
	}

	/**
	 * Returns whether a database that looked like this and now looks like the other has
	 * been written to for certain. If it has not, a write-ahead log may only have gone: a
	 * reader that was the last to close has brought it into the database.
	 * @param other how it looks now
	 * @return whether somebody has written to it
	 */
	boolean isSurelyChangedTo(ReplicaStamp other) {
		return !hasContentOf(other) && (!hasLog() || other.hasLog());
	}

	/**
	 * Returns whether the write-ahead log has a committed frame.
	 * @return whether there is a part of the database that only the log has
	 */
	public boolean hasLog() {
		return this.end > 0;
	}

	private static ReplicaStamp ofLog(Path log, long size, long modified) throws IOException {
		if (Files.exists(log)) {
			try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
				WalReader reader = new WalReader(channel);
				WalHeader header = reader.header().orElse(null);
				if (header != null) {
					WalPosition start = WalPosition.start(header);
					WalPosition end = reader.read(start, header.pageSize(), Long.MAX_VALUE).end();
					if (end.offset() > start.offset()) {
						return new ReplicaStamp(size, modified, end.salt1(), end.salt2(), end.offset());
					}
				}
			}
		}
		return new ReplicaStamp(size, modified, 0, 0, 0);
	}

}
