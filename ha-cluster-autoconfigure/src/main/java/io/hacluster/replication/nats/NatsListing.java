package io.hacluster.replication.nats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.nats.client.JetStreamApiException;
import io.nats.client.Message;

import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ltx.LtxName;

/**
 * Lists a bucket in one pass over the last description of each object.
 */
final class NatsListing {

	private static final int ATTEMPTS = 3;

	private final BucketReader reader;

	private final Ticker ticker;

	NatsListing(BucketReader reader, Ticker ticker) {
		this.reader = reader;
		this.ticker = ticker;
	}

	List<LogEntry> read() {
		List<LogEntry> entries = new ArrayList<>();
		for (Listed listed : objects()) {
			if (!listed.object().deleted()) {
				entries.add(listed.object().at(listed.sequence()));
			}
		}
		entries.sort(Comparator.comparing(LogEntry::name));
		return entries;
	}

	/**
	 * Lists the objects that are files of ours, delete markers included.
	 */
	List<Listed> objects() {
		for (int attempt = 1;; attempt++) {
			try {
				return pass();
			}
			catch (JetStreamApiException ex) {
				throw this.reader.unavailable("be listed", ex);
			}
			catch (IOException ex) {
				if (attempt == ATTEMPTS) {
					throw this.reader.unavailable("be listed", ex);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new StoreUnavailableException("Interrupted while listing the log", ex);
			}
		}
	}

	private List<Listed> pass() throws IOException, JetStreamApiException, InterruptedException {
		Map<String, Listed> objects = new HashMap<>();
		long count = 0;
		long expected;
		try (OrderedFeed feed = OrderedFeed.lastOfEach(this.reader, this.ticker, this.reader.bucket().metas())) {
			expected = feed.initiallyPending();
			while (count < expected && !(feed.isIdle())) {
				Message message = feed.next();
				if (message != null) {
					count++;
					read(message).ifPresent((listed) -> objects.put(message.getSubject(), listed));
				}
			}
		}
		if (count < expected) {
			addMissing(objects);
		}
		return new ArrayList<>(objects.values());
	}

	/**
	 * Fewer came than there were: they have been retired meanwhile, or the server has
	 * skipped them, as 2.9 does. So what is there is looked up.
	 */
	private void addMissing(Map<String, Listed> objects) throws IOException, JetStreamApiException {
		for (String subject : this.reader.subjects(this.reader.bucket().metas()).keySet()) {
			Optional<LtxName> name = this.reader.bucket().file(subject);
			if (name.isPresent() && !objects.containsKey(subject)) {
				this.reader.last(subject)
					.flatMap((message) -> StoredObject.decode(name.get(), message.getData(), message.getTime())
						.map((object) -> new Listed(object, message.getSeq())))
					.ifPresent((listed) -> objects.put(subject, listed));
			}
		}
	}

	private Optional<Listed> read(Message message) {
		Optional<LtxName> name = this.reader.bucket().file(message.getSubject());
		return name.flatMap((file) -> StoredObject.decode(file, message.getData(), message.metaData().timestamp()))
			.map((object) -> new Listed(object, message.metaData().streamSequence()));
	}

	/**
	 * An object and where its description stands.
	 *
	 * @param object the object
	 * @param sequence its stream sequence
	 */
	record Listed(StoredObject object, long sequence) {
	}

}
