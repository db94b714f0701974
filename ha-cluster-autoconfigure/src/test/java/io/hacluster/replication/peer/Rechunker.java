package io.hacluster.replication.peer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.NUID;
import io.nats.client.ObjectStore;
import io.nats.client.api.ObjectInfo;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;

import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stores the objects of a bucket again, in chunks of all sizes.
 */
final class Rechunker {

	private Rechunker() {
	}

	static void rechunk(NatsServer server, String bucket) throws Exception {
		Random random = new Random(1);
		try (Connection connection = server.connect()) {
			ObjectStore store = connection.objectStore(bucket);
			List<ObjectInfo> objects = store.getList();
			assertThat(objects).hasSizeGreaterThan(4);
			for (ObjectInfo object : objects) {
				ByteArrayOutputStream out = new ByteArrayOutputStream();
				store.get(object.getObjectName(), out);
				put(connection.jetStream(), object, out.toByteArray(), random);
			}
			assertThat(store.getList()).hasSameSizeAs(objects).anyMatch((object) -> object.getChunks() > 100);
		}
	}

	private static void put(JetStream stream, ObjectInfo object, byte[] bytes, Random random)
			throws IOException, JetStreamApiException {
		String prefix = "$O." + object.getBucket();
		String nuid = NUID.nextGlobal();
		int largest = 1 + random.nextInt(Math.min(65536, Math.max(26, bytes.length / 100)));
		long chunks = 0;
		for (int from = 0; from < bytes.length; chunks++) {
			int to = Math.min(bytes.length, from + 1 + random.nextInt(largest));
			stream.publish(prefix + ".C." + nuid, Arrays.copyOfRange(bytes, from, to));
			from = to;
		}
		ObjectInfo info = ObjectInfo.builder(object.getBucket(), object.getObjectName())
			.nuid(nuid)
			.headers(object.getHeaders())
			.size(bytes.length)
			.chunks(chunks)
			.digest(object.getDigest())
			.build();
		String name = Base64.getUrlEncoder().encodeToString(object.getObjectName().getBytes(StandardCharsets.UTF_8));
		stream.publish(NatsMessage.builder()
			.subject(prefix + ".M." + name)
			.headers(new Headers().put("Nats-Rollup", "sub"))
			.data(info.toJson())
			.build());
	}

}
