package io.hacluster.replication.nats;

import io.nats.client.impl.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The names of the headers that the log uses. Those that begin with {@code Ha-} are ours,
 * and other readers pass over them.
 */
final class NatsHeaders {

	static final String EXPECTED_LAST_SEQUENCE = "Nats-Expected-Last-Sequence";

	static final String EXPECTED_SUBJECT_SEQUENCE = "Nats-Expected-Last-Subject-Sequence";

	static final String EXPECTED_SUBJECT = "Nats-Expected-Last-Subject-Sequence-Subject";

	static final String ROLLUP = "Nats-Rollup";

	static final String ROLLUP_SUBJECT = "sub";

	static final String EPOCH = "Ha-Epoch";

	static final String LEVEL = "Ha-Level";

	/** In the object's own headers, not in those of a message. */
	static final String TIMESTAMP = "Litestream-Timestamp";

	private NatsHeaders() {
	}

	static long number(@Nullable Headers headers, String name, long missing) {
		String text = (headers != null) ? headers.getLast(name) : null;
		if (text == null) {
			return missing;
		}
		try {
			return Long.parseLong(text);
		}
		catch (NumberFormatException ex) {
			return missing;
		}
	}

}
