package io.hacluster.member;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.member.TermHistory.PastTerm;

/**
 * Decodes records, and leaves out those that are damaged, with one warning for each.
 * Thread-safe.
 */
final class RecordDecoder {

	private static final Logger logger = LoggerFactory.getLogger(RecordDecoder.class);

	private static final int MAX_REPORTED = 1000;

	private final NodeIdentity identity;

	private final Map<String, Long> reported = new ConcurrentHashMap<>();

	RecordDecoder(NodeIdentity identity) {
		this.identity = identity;
	}

	Optional<Stored<Member>> member(StateRecord record) {
		return decode(record,
				(bytes) -> MemberCodec.decode(new NodeId(record.key().substring(StateKeys.MEMBERS.length())), bytes));
	}

	Optional<Stored<PastTerm>> term(StateRecord record) {
		return decode(record, (bytes) -> TermCodec.decode(record.key(), bytes));
	}

	<T> Optional<Stored<T>> decode(StateRecord record, Function<byte[], T> codec) {
		try {
			return Optional.of(new Stored<>(codec.apply(record.value()), record.revision()));
		}
		catch (IllegalArgumentException ex) {
			report(record, String.valueOf(ex.getMessage()));
			return Optional.empty();
		}
	}

	/**
	 * Warns, unless it has done so for the same record: damaged ones are read again and
	 * again.
	 */
	private void report(StateRecord record, String problem) {
		if (this.reported.size() >= MAX_REPORTED) {
			this.reported.clear();
		}
		Long before = this.reported.put(record.key(), record.revision());
		if (before == null) {
			logger.warn("[{}] The record '{}' is damaged: {}", this.identity, record.key(), problem);
		}
	}

}
