package io.hacluster.replication.level;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

import io.hacluster.HaClusterException;
import io.hacluster.replication.DamagedFileException;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxFormatException;
import io.hacluster.replication.ltx.LtxMerge;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.LtxReader;

/**
 * Merges files of the log in a directory of its own. The inputs are fetched first, one
 * after the other, since a merge may leave an input alone for long, which no stream from
 * a server bears; only the base of a snapshot, which is read steadily, comes directly.
 * More than a few inputs are merged in passes. Not thread-safe.
 */
final class Staging {

	private static final String PREFIX = "level-";

	/**
	 * How many inputs make one. At most three times as many are open at once; with pages
	 * of 4 KiB each needs about 25 KiB of memory, with pages of 64 KiB 150 KiB.
	 */
	private static final int FAN_IN = 48;

	private static final int BUFFER = 1 << 16;

	private static final long RESERVE = 64L << 20;

	private final Path directory;

	private final BooleanSupplier stop;

	private final StoredFiles files;

	Staging(Path directory, ReplicaStore store, BooleanSupplier stop) {
		this.directory = directory;
		this.stop = stop;
		this.files = new StoredFiles(store, stop);
	}

	/**
	 * Removes what a former process left behind.
	 */
	void clean() throws IOException {
		Files.createDirectories(this.directory,
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		try (DirectoryStream<Path> left = Files.newDirectoryStream(this.directory)) {
			for (Path file : left) {
				Files.deleteIfExists(file);
			}
		}
	}

	/**
	 * Merges files, up to one from which on the database has another size of pages.
	 * @param entries the files, from the oldest to the newest
	 * @return the result, to be closed
	 * @throws UnsoundFileException if one of them is not sound
	 * @throws FileNotFoundException if one of them has been retired
	 * @throws HaClusterException if told to stop, or there is not enough room
	 * @throws IOException if they cannot be read, or the result not be written
	 */
	StagedFile merge(List<LogEntry> entries) throws IOException {
		requireRoom(entries.stream().mapToLong(LogEntry::size).sum());
		List<List<MergeInput>> tiers = new ArrayList<>();
		try {
			int pageSize = 0;
			for (LogEntry entry : entries) {
				MergeInput input = input(entry, tiers.isEmpty());
				if (pageSize != 0 && input.header().pageSize() != pageSize) {
					input.close();
					break;
				}
				pageSize = input.header().pageSize();
				add(tiers, 0, input);
			}
			return mergeTiers(tiers);
		}
		finally {
			tiers.forEach((tier) -> tier.forEach(MergeInput::close));
		}
	}

	private MergeInput input(LogEntry entry, boolean first) throws IOException {
		if (first && entry.name().level() == LtxName.LEVEL_SNAPSHOT) {
			return MergeInput.direct(this.files, entry);
		}
		return MergeInput.staged(this.files, entry, Files.createTempFile(this.directory, PREFIX, ".in"));
	}

	/**
	 * Adds an input; a full tier becomes one input of the tier above.
	 */
	private void add(List<List<MergeInput>> tiers, int tier, MergeInput input) throws IOException {
		if (tiers.size() == tier) {
			tiers.add(new ArrayList<>());
		}
		List<MergeInput> inputs = tiers.get(tier);
		inputs.add(input);
		if (inputs.size() == FAN_IN) {
			StagedFile merged = mergeInputs(inputs);
			inputs.forEach(MergeInput::close);
			inputs.clear();
			add(tiers, tier + 1, MergeInput.intermediate(merged));
		}
	}

	private StagedFile mergeTiers(List<List<MergeInput>> tiers) throws IOException {
		List<MergeInput> inputs = new ArrayList<>();
		for (int tier = tiers.size() - 1; tier >= 0; tier--) {
			inputs.addAll(tiers.get(tier));
		}
		return mergeInputs(inputs);
	}

	private StagedFile mergeInputs(List<MergeInput> inputs) throws IOException {
		Path target = Files.createTempFile(this.directory, PREFIX, ".ltx");
		boolean done = false;
		List<LtxReader> readers = new ArrayList<>();
		try {
			for (MergeInput input : inputs) {
				readers.add(input.read());
			}
			LtxMerge merge = new LtxMerge(readers);
			OutputStream out = new BufferedOutputStream(Files.newOutputStream(target), BUFFER);
			long size = merge.writeTo(out, this.directory, this.stop);
			done = true;
			return new StagedFile(target, size, merge.header(), this.stop);
		}
		catch (LtxFormatException ex) {
			throw MergeInput.blame(inputs, ex);
		}
		catch (DamagedFileException ex) {
			// What is staged is read from the disk, of which the store says nothing
			throw new UnsoundFileException(MergeInput.direct(inputs).orElseThrow(() -> ex), ex);
		}
		finally {
			for (LtxReader reader : readers) {
				reader.close();
			}
			if (!done) {
				Files.deleteIfExists(target);
			}
		}
	}

	/**
	 * The inputs, what the passes make of them and the result: each at most as large as
	 * the inputs are together.
	 */
	private void requireRoom(long bytes) throws IOException {
		long usable = Files.getFileStore(this.directory).getUsableSpace();
		if (usable < RESERVE + 2 * bytes) {
			throw new HaClusterException("Files of the log cannot be merged: %d MB are needed, %d MB are free in %s"
				.formatted((RESERVE + 2 * bytes) >> 20, usable >> 20, this.directory));
		}
	}

}
