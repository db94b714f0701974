package io.hacluster.member.nats;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StreamConfiguration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.member.StateConflictException;
import io.hacluster.member.StateStore;
import io.hacluster.member.StateStoreContractTests;
import io.hacluster.member.nats.NatsStateStoreException.Reason;
import io.hacluster.test.Leftovers;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link NatsStateStore} against a real server.
 */
@ExtendWith(Leftovers.class)
class NatsStateStoreTests extends StateStoreContractTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@TempDir
	static Path directory;

	private static NatsServer server;

	private static Connection operator;

	private static final AtomicInteger buckets = new AtomicInteger();

	private final NatsStateStoreSettings settings = new NatsStateStoreSettings("ha-test-" + buckets.incrementAndGet(),
			1, PATIENCE);

	@BeforeAll
	static void startServer() {
		server = NatsServer.start(directory.resolve("shared"));
		operator = server.connect();
	}

	@AfterAll
	static void stopServer() throws Exception {
		if (operator != null) {
			operator.close();
			server.close();
		}
	}

	@AfterEach
	void deleteBucket() throws Exception {
		if (operator.jetStreamManagement().getStreamNames().contains(this.settings.stream())) {
			operator.jetStreamManagement().deleteStream(this.settings.stream());
		}
	}

	@Override
	protected StateStore open(NodeIdentity node) {
		return new NatsStateStore(node, server::options, this.settings).connect();
	}

	@Override
	protected void wipe() throws Exception {
		operator.jetStreamManagement().deleteStream(this.settings.stream());
	}

	@Test
	void bucketKeepsOneRevisionOfBoundedSizeAndIsReadFromItsLeader() throws Exception {
		StreamConfiguration stream = operator.jetStreamManagement()
			.getStreamInfo(this.settings.stream())
			.getConfiguration();
		assertThat(stream.getMaxAge()).isZero();
		assertThat(stream.getAllowDirect()).isFalse();
		assertThat(stream.getMaxMsgsPerSubject()).isEqualTo(1);
		assertThat(stream.getMaximumMessageSize()).isBetween(StateStore.MAX_BYTES, 2 * StateStore.MAX_BYTES);
		// Any tool shows it as a key-value bucket
		this.store.create("member.a", bytes("hello"));
		assertThat(operator.keyValue(this.settings.bucket()).get("member.a").getValueAsString()).isEqualTo("hello");
	}

	@Test
	void recordThatAnOperatorDeletedIsAbsentAndCanBeCreated() throws Exception {
		this.store.create("pause", bytes("one"));
		operator.keyValue(this.settings.bucket()).delete("pause");
		assertThat(this.store.read("pause")).isEmpty();
		assertThat(this.store.list("")).isEmpty();
		this.store.create("pause", bytes("two"));
		operator.keyValue(this.settings.bucket()).purge("pause");
		assertThat(this.store.read("pause")).isEmpty();
	}

	@Test
	void removedRecordLeavesNothingBehind() throws Exception {
		for (int i = 0; i < 20; i++) {
			this.store.create("term." + i, bytes("x"));
		}
		for (int i = 0; i < 20; i++) {
			this.store.remove("term." + i);
		}
		assertThat(operator.jetStreamManagement().getStreamInfo(this.settings.stream()).getStreamState().getMsgCount())
			.isZero();
	}

	@Test
	void connectWhenTheBucketForgetsByItselfIsRefused() throws Exception {
		operator.keyValueManagement()
			.create(KeyValueConfiguration.builder("with-ttl").ttl(Duration.ofSeconds(10)).build());
		NatsStateStore unsuitable = new NatsStateStore(identity("node-a"), server::options,
				new NatsStateStoreSettings("with-ttl", 1, PATIENCE));
		assertThatExceptionOfType(NatsStateStoreException.class).isThrownBy(unsuitable::connect)
			.withMessageContaining("with-ttl")
			.withMessageContaining("time to live")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNSUITABLE_BUCKET));
		unsuitable.close();
	}

	@Test
	void storeForReadingAloneMakesNoBucket() throws Exception {
		NatsStateStore reader = NatsStateStore.existing(identity("node-a"), server::options,
				new NatsStateStoreSettings("nobody-made-it", 1, PATIENCE));
		assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> reader.list("member."))
			.withMessageContaining("nobody-made-it");
		assertThat(operator.jetStreamManagement().getStreamNames()).doesNotContain("KV_nobody-made-it");
		reader.close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 10071, 10164 })
	void updateThatTheStreamRefusesForAnotherWriterIsAConflict(int code) throws Exception {
		// A stand-in for the stream: only replicated ones answer 10164, and only in a
		// race
		operator.jetStreamManagement().deleteStream(this.settings.stream());
		byte[] refusal = bytes("{\"error\":{\"code\":400,\"err_code\":" + code
				+ ",\"description\":\"wrong last sequence\"},\"stream\":\"x\",\"seq\":0}");
		Dispatcher stream = operator.createDispatcher((message) -> operator.publish(message.getReplyTo(), refusal));
		try {
			stream.subscribe(this.settings.subject("pause"));
			operator.flush(PATIENCE);
			assertThatExceptionOfType(StateConflictException.class)
				.isThrownBy(() -> this.store.update("pause", bytes("x"), 3))
				.withMessageContaining("'pause'");
		}
		finally {
			operator.closeDispatcher(stream);
		}
	}

	@Test
	void unreachableServerIsNamedWithoutItsPassword() {
		NatsStateStore unreachable = new NatsStateStore(identity("node-a"),
				() -> NatsServer.options("nats://bob:secret@127.0.0.1:1"), this.settings);
		assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> unreachable.read("pause"))
			.withMessageContaining("nats://127.0.0.1:1")
			.satisfies((ex) -> assertThat(ex).message().doesNotContain("secret"));
		unreachable.close();
	}

	@Test
	void deniedRequestSaysSo() {
		try (NatsServer strict = NatsServer.start(directory.resolve("strict"), """
				authorization { users = [ { user: bob, password: secret,
				  permissions: { publish: { deny: "$JS.API.STREAM.>" } } } ] }""")) {
			NatsStateStore denied = new NatsStateStore(identity("node-a"),
					() -> strict.options().userInfo("bob".toCharArray(), "secret".toCharArray()),
					new NatsStateStoreSettings("denied", 1, Duration.ofSeconds(2)));
			Awaitility.await()
				.untilAsserted(
						() -> assertThatExceptionOfType(NatsStateStoreException.class).isThrownBy(denied::connect)
							.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.NOT_AUTHORIZED)));
			denied.close();
		}
	}

	@Test
	void storeWorksAgainWhenItsServerIsBack() {
		try (NatsServer own = NatsServer.start(directory.resolve("own"))) {
			NatsStateStore store = new NatsStateStore(identity("node-a"), own::options,
					new NatsStateStoreSettings("restarted", 1, Duration.ofSeconds(2)));
			store.create("pause", bytes("x"));
			own.kill();
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> store.read("pause"));
			own.restart();
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.ignoreExceptionsInstanceOf(StoreUnavailableException.class)
				.untilAsserted(() -> assertThat(store.read("pause")).isPresent());
			store.close();
		}
	}

}
