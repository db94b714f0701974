package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;

/**
 * The claim of one process on the files of a node, so that a second one that is started
 * with the same paths does not work on the same replica. Ends with the process.
 */
public final class ReplicaClaim implements AutoCloseable {

	private final FileChannel channel;

	private ReplicaClaim(FileChannel channel) {
		this.channel = channel;
	}

	/**
	 * Claims the files.
	 * @param file the file that stands for them
	 * @return the claim
	 * @throws HaClusterException if another process has claimed them
	 */
	static ReplicaClaim take(Path file) {
		try {
			FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
			FileLock lock = tryLock(channel);
			if (lock == null) {
				channel.close();
				throw new HaClusterException("Another process works with the database of ha.cluster.sqlite.path: it "
						+ "holds " + file + ". Two nodes on one machine need paths of their own");
			}
			return new ReplicaClaim(channel);
		}
		catch (IOException ex) {
			throw new HaClusterException("Cannot claim " + file + ": " + ex, ex);
		}
	}

	private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
		try {
			return channel.tryLock();
		}
		catch (OverlappingFileLockException ex) {
			return null;
		}
	}

	@Override
	public void close() {
		try {
			this.channel.close();
		}
		catch (IOException ex) {
			// The claim ends with the process
		}
	}

}
