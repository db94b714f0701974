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
		Map<String, Listed> objects = new HashMap<>();
		try {
			boolean replicated = this.reader.requireInfo().getConfiguration().getReplicas() > 1;
			if (!pass(objects) || replicated) {
				addMissing(objects);
			}
		}
		catch (JetStreamApiException ex) {
			throw this.reader.unavailable("be listed", ex);
		}
		catch (IOException ex) {
			throw this.reader.unavailable("be listed", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new StoreUnavailableException("Interrupted while listing the log", ex);
		}
		return new ArrayList<>(objects.values());
	}

	/**
	 * Reads what a feed delivers.
	 * @return whether that was all; a server that is busy, or of which a peer is down,
	 * may fail to make a feed
	 */
	private boolean pass(Map<String, Listed> objects) throws JetStreamApiException, InterruptedException {
		long count = 0;
		try (OrderedFeed feed = OrderedFeed.lastOfEach(this.reader, this.ticker, this.reader.bucket().metas())) {
			while (count < feed.initiallyPending() && !feed.isIdle()) {
				Message message = feed.next();
				if (message != null) {
					count++;
					read(message).ifPresent((listed) -> objects.put(message.getSubject(), listed));
				}
			}
			return count >= feed.initiallyPending();
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Looks up what the feed did not deliver: it has been retired meanwhile, or the
	 * server has skipped it, as 2.9 does, or the feed came from a replica that is behind.
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
