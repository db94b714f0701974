package io.hacluster.replication.restore;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
 * while a leader ships: what is retired meanwhile is left out. Thread-safe.
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
		List<LogEntry> listing = this.store.list();
		listener.planned(listing.size(), listing.stream().mapToLong(LogEntry::size).sum());
		List<LogReport.File> files = new ArrayList<>();
		Set<LogEntry> notFound = new HashSet<>();
		try (Prefetch prefetch = new Prefetch(this.store, listing, this.node)) {
			for (LogEntry entry : listing) {
				try (InputStream in = new ObservedStream(prefetch.next(), listener)) {
					files.add(new LogReport.File(entry, problem(entry.name(), in)));
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
		files.addAll(stillListed(notFound));
		files.sort(Comparator.comparing((file) -> file.entry().name()));
		List<LtxName> good = files.stream()
			.filter((file) -> file.problem() == null)
			.map((file) -> file.entry().name())
			.toList();
		Chain chain = new Chain(good);
		return new LogReport(List.copyOf(files),
				chain.problems(files.stream().map((file) -> file.entry().name()).toList()), chain.first(),
				chain.reached());
	}

	/**
	 * What has been retired meanwhile is not listed any more, so that nobody needs it.
	 */
	private List<LogReport.File> stillListed(Set<LogEntry> notFound) {
		return notFound.isEmpty() ? List.of()
				: this.store.list()
					.stream()
					.filter(notFound::contains)
					.map((entry) -> new LogReport.File(entry, "is listed, but cannot be found"))
					.toList();
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
