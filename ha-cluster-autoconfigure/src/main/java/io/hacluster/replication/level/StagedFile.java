package io.hacluster.replication.level;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

import io.hacluster.replication.ByteSource;
import io.hacluster.replication.ltx.LtxHeader;

/**
 * A file of the staging directory, removed when closed.
 *
 * @param path where it is
 * @param size its length in bytes
 * @param header its header
 * @param stop asked while it is read whether to give up, so that its upload ends at once
 */
record StagedFile(Path path, long size, LtxHeader header, BooleanSupplier stop) implements ByteSource, AutoCloseable {

	@Override
	public InputStream openStream() throws IOException {
		return new Abandonable(Files.newInputStream(this.path), this.stop);
	}

	@Override
	public void close() {
		try {
			Files.deleteIfExists(this.path);
		}
		catch (IOException ex) {
			this.path.toFile().deleteOnExit();
		}
	}

	private static final class Abandonable extends FilterInputStream {

		private final BooleanSupplier stop;

		Abandonable(InputStream in, BooleanSupplier stop) {
			super(in);
			this.stop = stop;
		}

		@Override
		public int read(byte[] buffer, int offset, int length) throws IOException {
			if (this.stop.getAsBoolean()) {
				throw new InterruptedIOException("it was abandoned");
			}
			return super.read(buffer, offset, length);
		}

	}

}
