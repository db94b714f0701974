package io.hacluster.replication.nats;

import java.nio.charset.StandardCharsets;

import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogOffset;

/**
 * The body of a fence message.
 *
 * @param logId identity of the log
 * @param epoch epoch of the leader
 * @param node the leader
 * @param nonce its process start
 * @param sealed whether nothing of an older leader can come after this message
 */
record FenceRecord(String logId, Epoch epoch, NodeId node, String nonce, boolean sealed) {

	static FenceRecord of(String logId, Epoch epoch, NodeIdentity leader) {
		return new FenceRecord(logId, epoch, leader.nodeId(), leader.nonce(), false);
	}

	FenceRecord seal() {
		return new FenceRecord(this.logId, this.epoch, this.node, this.nonce, true);
	}

	Fence at(long sequence) {
		return new Fence(this.logId, this.epoch, this.node, this.nonce, new LogOffset(sequence));
	}

	byte[] encode() {
		return JsonValueUtils.mapBuilder()
			.put("logId", this.logId)
			.put("epoch", this.epoch.value())
			.put("node", this.node.value())
			.put("nonce", this.nonce)
			.put("sealed", this.sealed)
			.toJsonValue()
			.toJson()
			.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Reads a record.
	 * @throws IllegalArgumentException if the bytes are not one
	 */
	static FenceRecord decode(byte @Nullable [] body) {
		try {
			JsonValue json = JsonParser.parse((body != null) ? body : new byte[0]);
			return new FenceRecord(text(json, "logId"), new Epoch(JsonValueUtils.readLong(json, "epoch", -1)),
					new NodeId(text(json, "node")), text(json, "nonce"),
					Boolean.TRUE.equals(JsonValueUtils.readBoolean(json, "sealed")));
		}
		catch (JsonParseException | IndexOutOfBoundsException ex) {
			throw new IllegalArgumentException("The fence record is damaged", ex);
		}
	}

	private static String text(JsonValue json, String key) {
		String text = JsonValueUtils.readString(json, key);
		if (text == null) {
			throw new IllegalArgumentException("The fence record has no '" + key + "'");
		}
		return text;
	}

}
