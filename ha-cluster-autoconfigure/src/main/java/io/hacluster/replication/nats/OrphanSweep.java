package io.hacluster.replication.nats;

import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.MessageInfo;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;

import io.hacluster.Ticker;
import io.hacluster.replication.LogOffset;

/**
 * Removes what dead leaders have left unfinished: chunks that no object refers to, and
 * delete markers. Only what lies before a fence is looked at, since nobody can refer to
 * it any more. Objects of others, and their chunks, are left alone.
 */
final class OrphanSweep {

	private final BucketReader reader;

	private final BucketCleaner cleaner;

	private final Ticker ticker;

	private final LogOffset fence;

	private final Set<String> referred = new HashSet<>();

	OrphanSweep(BucketReader reader, BucketCleaner cleaner, Ticker ticker, LogOffset fence) {
		this.reader = reader;
		this.cleaner = cleaner;
		this.ticker = ticker;
		this.fence = fence;
	}

	void run() throws IOException, JetStreamApiException, InterruptedException {
		Bucket bucket = this.reader.bucket();
		Map<String, Long> chunkSubjects = this.reader.subjects(bucket.allChunks());
		Set<String> metaSubjects = new HashSet<>(this.reader.subjects(bucket.metas()).keySet());
		try (OrderedFeed feed = OrderedFeed.lastOfEach(this.reader, this.ticker, bucket.metas())) {
			for (long count = 0; count < feed.initiallyPending() && !feed.isIdle();) {
				Message message = feed.next();
				if (message != null) {
					count++;
					metaSubjects.remove(message.getSubject());
					takeDescription(message.getSubject(), message.getData(), message.metaData().streamSequence());
				}
			}
		}
		for (String subject : metaSubjects) {
			// retired meanwhile, or skipped by the server
			this.reader.last(subject)
				.ifPresent((message) -> takeDescription(subject, message.getData(), message.getSeq()));
		}
		for (String subject : chunkSubjects.keySet()) {
			Optional<String> id = bucket.chunkId(subject);
			if (id.isPresent() && !subject.equals(bucket.fence()) && !this.referred.contains(id.get())) {
				removeIfOld(subject);
			}
		}
	}

	private void takeDescription(String subject, byte[] body, long sequence) {
		try {
			JsonValue json = JsonParser.parse(body);
			String nuid = JsonValueUtils.readString(json, "nuid");
			if (!Boolean.TRUE.equals(JsonValueUtils.readBoolean(json, "deleted"))) {
				if (nuid != null) {
					this.referred.add(nuid);
				}
			}
			else if (sequence <= this.fence.value() && this.reader.bucket().file(subject).isPresent()) {
				this.cleaner.purgeThrough(subject, sequence);
			}
		}
		catch (JsonParseException | IndexOutOfBoundsException ex) {
			// not an object; the parser throws both
		}
	}

	private void removeIfOld(String subject) {
		Optional<MessageInfo> last = this.reader.last(subject);
		if (last.isPresent() && last.get().getSeq() <= this.fence.value()) {
			this.cleaner.purgeThrough(subject, last.get().getSeq());
		}
	}

}
