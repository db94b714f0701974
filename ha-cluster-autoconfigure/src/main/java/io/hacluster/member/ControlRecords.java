package io.hacluster.member;

import java.time.Instant;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.member.ClusterView.Pause;

/**
 * What an operator asks of the whole cluster: a pause, and one wish at a time that the
 * leadership moves. Records are changed by compare-and-set. A request that cannot be read
 * counts as absent; a pause that cannot be read counts as one until it is ended, since it
 * may be what an operator relies on. Methods named {@code latest} answer at once with
 * what this node has seen last, and {@link Members#subscribe} tells of each change of it;
 * the others ask the store and may take as long as that does. Thread-safe.
 */
public final class ControlRecords {

	private static final int ATTEMPTS = 5;

	private final StateStore store;

	private final NodeIdentity identity;

	private final RecordDecoder decoder;

	private volatile @Nullable Stored<Pause> latestPause;

	private volatile @Nullable Stored<LeadershipRequest> latestRequest;

	/** What this node has asked for, until anything is seen of the request. */
	private volatile @Nullable Stored<LeadershipRequest> submitted;

	private volatile boolean requestSeen;

	private volatile @Nullable LeadershipRequest found;

	/**
	 * Creates the records.
	 * @param store where they are
	 * @param identity this process
	 */
	public ControlRecords(StateStore store, NodeIdentity identity) {
		this.store = store;
		this.identity = identity;
		this.decoder = new RecordDecoder(identity);
	}

	/**
	 * Returns the pause as this node has seen it last. Never blocks.
	 * @return the pause, empty if there is none or none has been seen yet
	 */
	public Optional<Pause> latestPause() {
		return Optional.ofNullable(this.latestPause).map(Stored::value);
	}

	/**
	 * Returns the request as this node has seen it last, finished ones included, or made
	 * it itself since: the leader may act on it before it comes back from the store, and
	 * this node is not to run against whom it has asked for. Never blocks.
	 * @return the request, empty if there is none or none has been seen yet
	 */
	public Optional<Stored<LeadershipRequest>> latestRequest() {
		Stored<LeadershipRequest> own = this.submitted;
		return Optional.ofNullable((own != null) ? own : this.latestRequest);
	}

	/**
	 * Returns whether a request was there already when this process looked for the first
	 * time, and has not got any further since.
	 * @param request the request
	 * @return whether it may be from long before
	 */
	public boolean isFound(LeadershipRequest request) {
		LeadershipRequest first = this.found;
		return first != null && first.id().equals(request.id()) && first.state() == request.state();
	}

	/**
	 * Reads the pause.
	 * @return the pause, empty if there is none
	 * @throws StoreUnavailableException if the store does not answer in time
	 */
	public Optional<Pause> pause() {
		return read(StateKeys.PAUSE).flatMap((record) -> pause(record, null)).map(Stored::value);
	}

	/**
	 * Begins a pause.
	 * @param pause the pause
	 * @return the pause that is in force now, which is another one if the cluster was
	 * paused before; one that cannot be read is replaced
	 * @throws StateConflictException if others keep changing it
	 * @throws StoreUnavailableException if the outcome is unknown
	 */
	public Pause pause(Pause pause) {
		for (int attempt = 1;; attempt++) {
			Optional<StateRecord> record = read(StateKeys.PAUSE);
			Optional<Pause> present = record.flatMap(this::decodePause).flatMap(Stored::value);
			if (present.isPresent()) {
				return present.get();
			}
			try {
				write(StateKeys.PAUSE, record, ControlCodec.encode(pause));
				return pause;
			}
			catch (StateConflictException ex) {
				giveUpAfter(attempt, ex);
			}
		}
	}

	/**
	 * Ends a pause.
	 * @return whether there was one
	 * @throws StateConflictException if others keep changing it
	 * @throws StoreUnavailableException if the outcome is unknown
	 */
	public boolean resume() {
		for (int attempt = 1;; attempt++) {
			Optional<StateRecord> record = read(StateKeys.PAUSE);
			if (record.flatMap((it) -> pause(it, null)).isEmpty()) {
				return false;
			}
			try {
				write(StateKeys.PAUSE, record, ControlCodec.encode((Pause) null));
				return true;
			}
			catch (StateConflictException ex) {
				giveUpAfter(attempt, ex);
			}
		}
	}

	/**
	 * Reads the request.
	 * @return the request, finished ones included; empty if there is none
	 * @throws StoreUnavailableException if the store does not answer in time
	 */
	public Optional<Stored<LeadershipRequest>> request() {
		return read(StateKeys.REQUEST).flatMap(this::request);
	}

	/**
	 * Makes a request, in place of one that is finished or about a term before that of
	 * this one.
	 * @param request the request
	 * @return the request as stored
	 * @throws StateConflictException if another one is open, naming it
	 * @throws StoreUnavailableException if the outcome is unknown
	 */
	public Stored<LeadershipRequest> submit(LeadershipRequest request) {
		for (int attempt = 1;; attempt++) {
			Optional<StateRecord> record = read(StateKeys.REQUEST);
			Optional<LeadershipRequest> open = record.flatMap(this::request)
				.map(Stored::value)
				.filter((present) -> present.isOpen() && present.fromEpoch() >= request.fromEpoch());
			if (open.isPresent()) {
				throw new StateConflictException("A " + open.get().kind() + " that was asked for at " + open.get().at()
						+ " on '" + open.get().requestedBy() + "' is under way");
			}
			try {
				Stored<LeadershipRequest> stored = new Stored<>(request,
						write(StateKeys.REQUEST, record, ControlCodec.encode(request)));
				submitted(stored);
				return stored;
			}
			catch (StateConflictException ex) {
				giveUpAfter(attempt, ex);
			}
		}
	}

	/**
	 * Replaces a request that has not been changed since it was read or written.
	 * @param current the request as it was
	 * @param next the request as it is to be
	 * @return the request as stored
	 * @throws StateConflictException if it has been changed, or is gone
	 * @throws StoreUnavailableException if the outcome is unknown
	 */
	public Stored<LeadershipRequest> replace(Stored<LeadershipRequest> current, LeadershipRequest next) {
		return new Stored<>(next, this.store.update(StateKeys.REQUEST, ControlCodec.encode(next), current.revision()));
	}

	/**
	 * Takes note of a record that has been read.
	 * @return whether it is another than before
	 */
	synchronized boolean seen(String key, Optional<StateRecord> record) {
		if (key.equals(StateKeys.PAUSE)) {
			Stored<Pause> before = this.latestPause;
			this.latestPause = record.flatMap((it) -> pause(it, before)).orElse(null);
			return revision(before) != revision(this.latestPause);
		}
		Stored<LeadershipRequest> before = this.latestRequest;
		Stored<LeadershipRequest> now = record.flatMap(this::request).orElse(null);
		if (!this.requestSeen) {
			this.found = (now != null) ? now.value() : null;
			this.requestSeen = true;
		}
		this.latestRequest = now;
		this.submitted = null;
		return revision(before) != revision(this.latestRequest);
	}

	private synchronized void submitted(Stored<LeadershipRequest> stored) {
		if (stored.revision() > revision(this.latestRequest)) {
			this.submitted = stored;
		}
	}

	private static long revision(@Nullable Stored<?> stored) {
		return (stored != null) ? stored.revision() : 0;
	}

	private Optional<StateRecord> read(String key) {
		return this.store.read(key);
	}

	private long write(String key, Optional<StateRecord> present, byte[] value) {
		return present.map((record) -> this.store.update(key, value, record.revision()))
			.orElseGet(() -> this.store.create(key, value));
	}

	private Optional<Stored<Pause>> pause(StateRecord record, @Nullable Stored<Pause> before) {
		Optional<Stored<Optional<Pause>>> decoded = decodePause(record);
		if (decoded.isPresent()) {
			return decoded.get().value().map((pause) -> new Stored<>(pause, record.revision()));
		}
		Pause kept = (before != null) ? before.value()
				: new Pause("a record that cannot be read", this.identity.nodeId(), Instant.EPOCH);
		return Optional.of(new Stored<>(kept, record.revision()));
	}

	private Optional<Stored<Optional<Pause>>> decodePause(StateRecord record) {
		return this.decoder.decode(record, ControlCodec::decodePause);
	}

	private Optional<Stored<LeadershipRequest>> request(StateRecord record) {
		return this.decoder.decode(record, ControlCodec::decodeRequest);
	}

	private static void giveUpAfter(int attempt, StateConflictException ex) {
		if (attempt == ATTEMPTS) {
			throw ex;
		}
	}

}
