package io.hacluster.replication.level;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import io.hacluster.HaClusterException;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxName;

/**
 * Reads files from the store, and finds out which of them cannot be read although the
 * store answers. Not thread-safe.
 */
final class StoredFiles {

	private static final int MAX_ATTEMPTS = 3;

	private static final int BUFFER = 1 << 16;

	private final ReplicaStore store;

	private final BooleanSupplier stop;

	private final Map<LtxName, Integer> notFound = new HashMap<>();

	StoredFiles(ReplicaStore store, BooleanSupplier stop) {
		this.store = store;
		this.stop = stop;
	}

	InputStream open(LogEntry entry) throws IOException {
		return this.store.open(entry);
	}

	/**
	 * Copies a file.
	 * @throws UnsoundFileException if it cannot be read time after time, or is still
	 * listed although it cannot be found
	 * @throws FileNotFoundException if it cannot be found
	 * @throws HaClusterException if the store does not answer, or if told to stop
	 */
	void fetch(LogEntry entry, Path target) throws IOException {
		Optional<IOException> failure = Optional.empty();
		for (int i = 0; i < MAX_ATTEMPTS; i++) {
			failure = copy(entry, target);
			if (failure.isEmpty()) {
				return;
			}
			if (failure.get() instanceof FileNotFoundException
					&& this.notFound.merge(entry.name(), 1, Integer::sum) < MAX_ATTEMPTS) {
				throw failure.get();
			}
			// throws if it is the store that is away
			this.store.currentFence();
		}
		throw new UnsoundFileException(entry, failure.orElseThrow());
	}

	/**
	 * Copies a file.
	 * @return why it cannot be read
	 * @throws IOException if the copy cannot be written
	 */
	private Optional<IOException> copy(LogEntry entry, Path target) throws IOException {
		byte[] buffer = new byte[BUFFER];
		try (OutputStream out = Files.newOutputStream(target); Source in = new Source(entry)) {
			for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
				if (this.stop.getAsBoolean()) {
					throw new HaClusterException("The merge of LTX files was abandoned");
				}
				out.write(buffer, 0, count);
			}
			return Optional.empty();
		}
		catch (ReadFailure ex) {
			return Optional.of(ex.reason);
		}
	}

	private final class Source implements AutoCloseable {

		private final InputStream in;

		Source(LogEntry entry) throws ReadFailure {
			try {
				this.in = StoredFiles.this.store.open(entry);
			}
			catch (IOException ex) {
				throw new ReadFailure(ex);
			}
		}

		int read(byte[] buffer) throws ReadFailure {
			try {
				return this.in.read(buffer);
			}
			catch (IOException ex) {
				throw new ReadFailure(ex);
			}
		}

		@Override
		public void close() throws IOException {
			this.in.close();
		}

	}

	private static final class ReadFailure extends IOException {

		private static final long serialVersionUID = 1L;

		private final IOException reason;

		ReadFailure(IOException reason) {
			super(reason);
			this.reason = reason;
		}

	}

}
