package io.hacluster.replication.restore;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.DamagedFileException;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxFormatException;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.LtxReader;

/**
 * Reads every file of the log to its end and looks whether they make a chain. May be used
 * while a leader ships: what is retired meanwhile is left out, and what replaces it is
 * read in its place. Thread-safe.
 */
public final class LogVerifier {

	private final ReplicaStore store;

	private final NodeIdentity node;

	/**
	 * Creates a verifier. It only ever reads from the log.
	 * @param store the log; stays the caller's to close
	 * @param node this process, for thread names
	 */
	public LogVerifier(ReplicaStore store, NodeIdentity node) {
		this.store = store;
		this.node = node;
	}

	/**
	 * Reads the log. May be interrupted; the interrupt status stays set then.
	 * @param listener told how it goes on
	 * @return what is good and what is not
	 * @throws HaClusterException if the log cannot be read
	 */
	public LogReport verify(RestoreListener listener) {
		SortedMap<LtxName, LogReport.File> files = new TreeMap<>();
		List<LogEntry> pending = this.store.list();
		while (!pending.isEmpty()) {
			List<LogEntry> notFound = read(pending, files, listener);
			pending = notFound.isEmpty() ? List.of() : replacements(notFound, files);
		}
		List<LtxName> good = files.values()
			.stream()
			.filter((file) -> file.problem() == null)
			.map((file) -> file.entry().name())
			.toList();
		Chain chain = new Chain(good);
		return new LogReport(List.copyOf(files.values()), chain.problems(files.keySet()), chain.first(),
				chain.reached());
	}

	private List<LogEntry> read(List<LogEntry> entries, SortedMap<LtxName, LogReport.File> files,
			RestoreListener listener) {
		listener.planned(entries.size(), entries.stream().mapToLong(LogEntry::size).sum());
		List<LogEntry> notFound = new ArrayList<>();
		try (Prefetch prefetch = new Prefetch(this.store, entries, this.node)) {
			for (LogEntry entry : entries) {
				try (InputStream in = new ObservedStream(prefetch.next(), listener)) {
					files.put(entry.name(), new LogReport.File(entry, problem(entry.name(), in)));
				}
				catch (FileNotFoundException ex) {
					notFound.add(entry);
				}
				listener.fileDone();
			}
		}
		catch (InterruptedIOException ex) {
			throw new RestoreException("The verification was interrupted", ex);
		}
		catch (IOException ex) {
			throw Restorer.failure(ex);
		}
		return notFound;
	}

	/**
	 * What has been retired meanwhile is not listed any more: what replaces it came into
	 * the log before, perhaps after the last listing.
	 * @return what is still to be read
	 */
	private List<LogEntry> replacements(List<LogEntry> notFound, SortedMap<LtxName, LogReport.File> files) {
		List<LogEntry> listing = this.store.list();
		listing.stream()
			.filter(notFound::contains)
			.forEach((entry) -> files.put(entry.name(), new LogReport.File(entry, "is listed, but cannot be found")));
		return listing.stream().filter((entry) -> !files.containsKey(entry.name())).toList();
	}

	private static @Nullable String problem(LtxName name, InputStream in) throws IOException {
		try {
			LtxHeader header = LtxReader.verify(in);
			return (header.minTxid() == name.minTxid() && header.maxTxid() == name.maxTxid()) ? null
					: "holds transactions " + header.minTxid() + " to " + header.maxTxid() + ", not those of its name";
		}
		catch (LtxFormatException | DamagedFileException ex) {
			return String.valueOf(ex.getMessage());
		}
	}

}
