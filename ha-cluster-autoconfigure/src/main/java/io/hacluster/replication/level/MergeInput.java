package io.hacluster.replication.level;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.DamagedFileException;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ltx.LtxFormatException;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxReader;

/**
 * One input of a merge.
 *
 * @param entry the file of the log that it is, null if it is made of several
 * @param header its header
 * @param path where it is staged, null if it comes directly from the store
 * @param files for reading it from the store
 */
record MergeInput(@Nullable LogEntry entry, LtxHeader header, @Nullable Path path,
		@Nullable StoredFiles files) implements AutoCloseable {

	/**
	 * An input that stays in the store.
	 */
	static MergeInput direct(StoredFiles files, LogEntry entry) throws IOException {
		try {
			return new MergeInput(entry, header(files.open(entry), entry), null, files);
		}
		catch (DamagedFileException ex) {
			throw new UnsoundFileException(entry, ex);
		}
	}

	/**
	 * An input that is fetched.
	 */
	static MergeInput staged(StoredFiles files, LogEntry entry, Path path) throws IOException {
		try {
			files.fetch(entry, path);
			return new MergeInput(entry, header(Files.newInputStream(path), entry), path, null);
		}
		catch (IOException | RuntimeException ex) {
			Files.deleteIfExists(path);
			throw ex;
		}
	}

	/**
	 * The result of a pass.
	 */
	static MergeInput intermediate(StagedFile file) {
		return new MergeInput(null, file.header(), file.path(), null);
	}

	private static LtxHeader header(InputStream in, LogEntry entry) throws IOException {
		try (LtxReader reader = new LtxReader(in)) {
			LtxHeader header = reader.header();
			if (header.minTxid() != entry.name().minTxid() || header.maxTxid() != entry.name().maxTxid()) {
				throw new LtxFormatException("it holds transactions " + header.minTxid() + " to " + header.maxTxid());
			}
			return header;
		}
		catch (LtxFormatException ex) {
			throw new UnsoundFileException(entry, ex);
		}
	}

	LtxReader read() throws IOException {
		if (this.files != null && this.entry != null) {
			return new LtxReader(this.files.open(this.entry));
		}
		return new LtxReader(Files.newInputStream(Objects.requireNonNull(this.path)));
	}

	/**
	 * Finds out which of several inputs a merge has failed for: the staged ones are read
	 * again; if they are sound, it is the one that is not staged.
	 */
	static RuntimeException blame(List<MergeInput> inputs, LtxFormatException cause) throws IOException {
		for (MergeInput input : inputs) {
			if (input.entry != null && input.path != null) {
				try {
					LtxReader.verify(Files.newInputStream(input.path));
				}
				catch (LtxFormatException ex) {
					return new UnsoundFileException(input.entry, ex);
				}
			}
		}
		Optional<LogEntry> direct = direct(inputs);
		return direct.isPresent() ? new UnsoundFileException(direct.get(), cause) : cause;
	}

	/**
	 * Returns the file among the inputs that is not staged.
	 */
	static Optional<LogEntry> direct(List<MergeInput> inputs) {
		for (MergeInput input : inputs) {
			if (input.entry != null && input.path == null) {
				return Optional.of(input.entry);
			}
		}
		return Optional.empty();
	}

	@Override
	public void close() {
		if (this.path != null) {
			try {
				Files.deleteIfExists(this.path);
			}
			catch (IOException ex) {
				this.path.toFile().deleteOnExit();
			}
		}
	}

}
