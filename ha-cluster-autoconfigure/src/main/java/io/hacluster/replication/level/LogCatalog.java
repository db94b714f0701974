package io.hacluster.replication.level;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxName;

/**
 * What a log holds, listed once under each fence and from then on kept up to date by the
 * only one who writes to it. Used by one thread, except where a method says otherwise.
 */
final class LogCatalog {

	private final ReplicaStore store;

	private final Queue<LogEntry> appended = new ConcurrentLinkedQueue<>();

	private final NavigableMap<LtxName, LogEntry> entries = new TreeMap<>();

	private final Set<LtxName> unsound = new HashSet<>();

	private @Nullable LogWriter listedUnder;

	LogCatalog(ReplicaStore store) {
		this.store = store;
	}

	/**
	 * Takes note of a file that the log has acknowledged. To be called by any thread.
	 */
	void appended(LogEntry entry) {
		this.appended.add(entry);
	}

	void retired(LogEntry entry) {
		this.entries.remove(entry.name());
		this.unsound.remove(entry.name());
	}

	/**
	 * Has the log listed anew.
	 */
	void forget() {
		this.listedUnder = null;
	}

	/**
	 * Leaves a file out from now on.
	 */
	void unsound(LogEntry entry) {
		this.unsound.add(entry.name());
	}

	Set<LtxName> unsound() {
		return Collections.unmodifiableSet(this.unsound);
	}

	/**
	 * Returns what the log holds, unsound files included.
	 * @param writer the fence under which the caller is going to append; what it appends
	 * by this writer fails if somebody has fenced the log since
	 * @return a view, ordered by level, then by transaction
	 */
	Collection<LogEntry> all(LogWriter writer) {
		if (this.listedUnder != writer) {
			this.entries.clear();
			this.store.list().forEach(this::add);
			this.listedUnder = writer;
		}
		for (LogEntry entry = this.appended.poll(); entry != null; entry = this.appended.poll()) {
			add(entry);
		}
		return Collections.unmodifiableCollection(this.entries.values());
	}

	/**
	 * Returns what the log holds, without what has been found to be unsound.
	 * @param writer as above
	 * @return ordered by level, then by transaction
	 */
	Collection<LogEntry> sound(LogWriter writer) {
		Collection<LogEntry> all = all(writer);
		if (this.unsound.isEmpty()) {
			return all;
		}
		return all.stream().filter((entry) -> !this.unsound.contains(entry.name())).toList();
	}

	private void add(LogEntry entry) {
		this.entries.put(entry.name(), entry);
	}

}
