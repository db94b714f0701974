package io.hacluster.replication.nats;

import io.nats.client.JetStreamApiException;

/**
 * What the error codes of a JetStream server mean to us.
 */
final class NatsFailures {

	private static final int JETSTREAM_NOT_ENABLED = 10076;

	private static final int JETSTREAM_NOT_ENABLED_FOR_ACCOUNT = 10039;

	private static final int MAXIMUM_EXCEEDED = 10077;

	private static final int INSUFFICIENT_RESOURCES = 10023;

	private static final int STORAGE_RESOURCES_EXCEEDED = 10047;

	private static final int ACCOUNT_RESOURCES_EXCEEDED = 10002;

	private static final int WRONG_LAST_MESSAGE_ID = 10070;

	private static final int WRONG_LAST_SEQUENCE = 10071;

	private static final int WRONG_LAST_SEQUENCE_CONCURRENT = 10164;

	private NatsFailures() {
	}

	/**
	 * Whether the server refused a message because the log is not where its sender
	 * thought.
	 */
	static boolean isConflict(JetStreamApiException ex) {
		return switch (ex.getApiErrorCode()) {
			case WRONG_LAST_SEQUENCE, WRONG_LAST_SEQUENCE_CONCURRENT, WRONG_LAST_MESSAGE_ID -> true;
			default -> false;
		};
	}

	static String describe(JetStreamApiException ex, Bucket bucket) {
		String text = ex.getErrorDescription() + " [" + ex.getApiErrorCode() + "]";
		return switch (ex.getApiErrorCode()) {
			case JETSTREAM_NOT_ENABLED, JETSTREAM_NOT_ENABLED_FOR_ACCOUNT ->
				"JetStream is not enabled on the server or for this account (" + text + ")";
			case MAXIMUM_EXCEEDED -> "the bucket is full (" + text + "); raise the size limit of stream '"
					+ bucket.stream() + "' (nats stream edit --max-bytes) or delete old files from it";
			case INSUFFICIENT_RESOURCES, STORAGE_RESOURCES_EXCEEDED, ACCOUNT_RESOURCES_EXCEEDED ->
				"the server's or the account's storage for JetStream is full (" + text
						+ "); raise its limit or free space on the server";
			default -> (text.contains("maximum") || text.contains("resource"))
					? "the bucket or the server's storage is full (" + text + "); raise the limit or free space" : text;
		};
	}

}
