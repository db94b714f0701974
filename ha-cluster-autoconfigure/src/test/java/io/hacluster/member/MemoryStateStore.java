package io.hacluster.member;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

import io.hacluster.StoreUnavailableException;

/**
 * Records in memory, which can be away.
 */
final class MemoryStateStore implements StateStore {

	private final Map<String, StateRecord> records = new TreeMap<>();

	private final List<String> writes = new ArrayList<>();

	private long revision;

	private boolean away;

	void away(boolean away) {
		this.away = away;
	}

	/**
	 * Returns the keys that have been written since the last call.
	 */
	List<String> takeWrites() {
		List<String> taken = List.copyOf(this.writes);
		this.writes.clear();
		return taken;
	}

	void put(String key, byte[] value) {
		this.records.put(key, new StateRecord(key, value, ++this.revision));
	}

	@Override
	public Optional<StateRecord> read(String key) {
		check();
		return Optional.ofNullable(this.records.get(key));
	}

	@Override
	public List<StateRecord> list(String prefix) {
		check();
		return this.records.values().stream().filter((record) -> record.key().startsWith(prefix)).toList();
	}

	@Override
	public long create(String key, byte[] value) {
		return write(key, value, 0);
	}

	@Override
	public long update(String key, byte[] value, long expectedRevision) {
		return write(key, value, expectedRevision);
	}

	private long write(String key, byte[] value, long expectedRevision) {
		check();
		StateRecord present = this.records.get(key);
		if (((present != null) ? present.revision() : 0) != expectedRevision) {
			throw new StateConflictException("not at " + expectedRevision);
		}
		put(key, value);
		this.writes.add(key);
		return this.revision;
	}

	@Override
	public void remove(String key) {
		check();
		this.records.remove(key);
	}

	@Override
	public Watch watch(Consumer<String> changed) {
		return () -> {
		};
	}

	@Override
	public void close() {
	}

	private void check() {
		if (this.away) {
			throw new StoreUnavailableException("away", null);
		}
	}

}
