package io.hacluster.replication.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.hacluster.FencedException;
import io.hacluster.HaClusterException;
import io.hacluster.StoreUnavailableException;
import io.hacluster.replication.ByteSource;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ltx.LtxName;

/**
 * Publishes files by renaming them out of the staging directory of its term, and retires
 * them by renaming them into it: without that directory neither can be done. Works on the
 * caller's thread; the futures it returns are complete.
 */
final class LocalLogWriter implements LogWriter {

	private static final int BUFFER_BYTES = 64 * 1024;

	private final LocalDirectory directory;

	private final LocalTerms terms;

	private final Fence fence;

	private final Path staging;

	private volatile @Nullable HaClusterException failure;

	LocalLogWriter(LocalDirectory directory, LocalTerms terms, Fence fence, Path staging) {
		this.directory = directory;
		this.terms = terms;
		this.fence = fence;
		this.staging = staging;
	}

	@Override
	public Fence fence() {
		return this.fence;
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * Content that cannot be read fails this append alone, not the writer.
	 */
	@Override
	public CompletableFuture<LogEntry> append(LtxName name, Instant timestamp, ByteSource content) {
		try {
			requireHealthy();
			Path staged = this.staging.resolve(UUID.randomUUID() + ".tmp");
			try {
				write(staged, content);
				Files.setLastModifiedTime(staged, FileTime.from(timestamp));
				publish(name, staged);
			}
			finally {
				Files.deleteIfExists(staged);
			}
			return CompletableFuture
				.completedFuture(new LogEntry(name, content.size(), timestamp, new LogOffset(name.maxTxid())));
		}
		catch (UnreadableContentException ex) {
			return CompletableFuture.failedFuture(new StoreUnavailableException(
					"The content of " + name + " cannot be read: " + ex.getMessage(), ex));
		}
		catch (IOException ex) {
			return CompletableFuture.failedFuture(poison("take " + name, ex));
		}
		catch (HaClusterException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private void write(Path staged, ByteSource content) throws IOException {
		long written = 0;
		try (InputStream stream = unreadable(content::openStream);
				FileChannel channel = FileChannel.open(staged, StandardOpenOption.CREATE_NEW,
						StandardOpenOption.WRITE)) {
			byte[] buffer = new byte[BUFFER_BYTES];
			for (int n = unreadable(() -> stream.read(buffer)); n >= 0; n = unreadable(() -> stream.read(buffer))) {
				ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
				while (bytes.hasRemaining()) {
					channel.write(bytes);
				}
				written += n;
			}
			channel.force(true);
		}
		if (written != content.size()) {
			throw new UnreadableContentException(
					new IOException("it is " + written + " bytes long, not " + content.size()));
		}
	}

	private static <T> T unreadable(Reading<T> reading) throws UnreadableContentException {
		try {
			return reading.read();
		}
		catch (IOException ex) {
			throw new UnreadableContentException(ex);
		}
	}

	private void publish(LtxName name, Path staged) throws IOException {
		requireHealthy();
		Path level = this.directory.level(name.level());
		this.directory.makeDirectory(level);
		Files.move(staged, this.directory.file(name), StandardCopyOption.ATOMIC_MOVE);
		this.directory.sync(level);
	}

	@Override
	public void retire(LogEntry entry) {
		requireHealthy();
		try {
			Path retired = this.staging.resolve(UUID.randomUUID() + ".retired");
			try {
				Files.move(this.directory.file(entry.name()), retired, StandardCopyOption.ATOMIC_MOVE);
			}
			catch (NoSuchFileException ex) {
				if (!Files.isDirectory(this.staging)) {
					throw ex;
				}
				return;
			}
			Files.deleteIfExists(retired);
		}
		catch (IOException ex) {
			throw poison("retire " + entry.name(), ex);
		}
	}

	private HaClusterException poison(String what, IOException ex) {
		HaClusterException reason = explain(what, ex);
		synchronized (this) {
			if (this.failure == null) {
				this.failure = reason;
			}
		}
		return reason;
	}

	private HaClusterException explain(String what, IOException ex) {
		if (Files.isDirectory(this.staging) || !Files.isDirectory(this.directory.root())) {
			return this.directory.unavailable(what, ex);
		}
		try {
			Optional<Fence> owner = this.terms.owner();
			if (owner.isPresent() && !owner.get().nonce().equals(this.fence.nonce())) {
				return new FencedException("The log belongs to node '" + owner.get().node() + "' with epoch "
						+ owner.get().epoch() + ", no longer to epoch " + this.fence.epoch());
			}
		}
		catch (IOException suppressed) {
			ex.addSuppressed(suppressed);
		}
		return new StoreUnavailableException("This writer's place in the local store is gone; fence again", ex);
	}

	private void requireHealthy() {
		HaClusterException reason = this.failure;
		if (reason instanceof FencedException) {
			throw new FencedException(String.valueOf(reason.getMessage()));
		}
		if (reason != null) {
			throw new StoreUnavailableException("The writer has failed before: " + reason.getMessage(), reason);
		}
	}

	/**
	 * Fails all later appends; one that is under way may still land.
	 */
	@Override
	public void close() {
		synchronized (this) {
			if (this.failure == null) {
				this.failure = new StoreUnavailableException("The writer is closed", null);
			}
		}
	}

	@FunctionalInterface
	private interface Reading<T> {

		T read() throws IOException;

	}

	private static final class UnreadableContentException extends IOException {

		private static final long serialVersionUID = 1L;

		UnreadableContentException(IOException cause) {
			super(cause.getMessage(), cause);
		}

	}

}
