package io.hacluster.election.nats;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.nats.client.Connection;
import io.nats.client.KeyValueManagement;
import io.nats.client.Options;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StreamConfiguration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.election.LeaseConflictException;
import io.hacluster.election.LeaseStore;
import io.hacluster.election.LeaseStoreContractTests;
import io.hacluster.election.Leases;
import io.hacluster.election.VersionedLease;
import io.hacluster.election.nats.NatsLeaseStoreException.Reason;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link NatsLeaseStore} against a real server.
 */
class NatsLeaseStoreTests extends LeaseStoreContractTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	/**
	 * For what is waited for in vain.
	 */
	private static final Duration FEW_SECONDS = Duration.ofSeconds(5);

	@TempDir
	static Path directory;

	private static NatsServer server;

	private static Connection operator;

	private static final AtomicInteger buckets = new AtomicInteger();

	private final NatsLeaseStoreSettings settings = new NatsLeaseStoreSettings("ha-test-" + buckets.incrementAndGet(),
			1, PATIENCE);

	@BeforeAll
	static void startServer() throws Exception {
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

	private static Supplier<Options.Builder> options(String url) {
		return () -> NatsServer.options(url);
	}

	private static NodeIdentity identity(String node) {
		return Leases.identity(node, "nonce-" + node);
	}

	@Override
	protected LeaseStore open(String node) {
		return new NatsLeaseStore(identity(node), options(server.url()), this.settings).connect();
	}

	@Override
	protected void wipe() throws Exception {
		operator.jetStreamManagement().deleteStream(this.settings.stream());
	}

	@Override
	protected void corrupt(String key, byte[] record) throws Exception {
		operator.keyValue(this.settings.bucket()).put(key, record);
	}

	@Test
	void bucketForgetsNothingAndIsReadFromItsLeader() throws Exception {
		StreamConfiguration stream = operator.jetStreamManagement()
			.getStreamInfo(this.settings.stream())
			.getConfiguration();
		assertThat(stream.getMaxAge()).isZero();
		assertThat(stream.getAllowDirect()).isFalse();
		assertThat(stream.getMaxMsgsPerSubject()).isEqualTo(1);
		// Any tool shows it as a key-value bucket
		this.store.create("leader", Leases.lease("node-a", 1));
		assertThat(operator.keyValue(this.settings.bucket()).get("leader").getValueAsString())
			.contains("\"holder\":\"node-a\"");
	}

	@Test
	void recordThatAnOperatorPurgedIsAbsentAndCanBeCreated() throws Exception {
		VersionedLease record = this.store.create("leader", Leases.lease("node-a", 1));
		operator.keyValue(this.settings.bucket()).purge("leader");
		assertThat(this.store.read("leader")).isEmpty();
		assertThatExceptionOfType(LeaseConflictException.class)
			.isThrownBy(() -> this.store.update("leader", record.lease(), record.revision()));
		VersionedLease created = this.store.create("leader", Leases.lease("node-b", 2));
		assertThat(this.store.read("leader")).contains(created);
		operator.keyValue(this.settings.bucket()).delete("leader");
		assertThat(this.store.read("leader")).isEmpty();
	}

	@Test
	void connectWhenTheBucketHasATimeToLiveIsRefused() throws Exception {
		KeyValueManagement management = operator.keyValueManagement();
		management.create(KeyValueConfiguration.builder("with-ttl").ttl(Duration.ofSeconds(10)).build());
		NatsLeaseStore unsuitable = new NatsLeaseStore(identity("node-a"), options(server.url()),
				new NatsLeaseStoreSettings("with-ttl", 1, PATIENCE));
		assertThatExceptionOfType(NatsLeaseStoreException.class).isThrownBy(unsuitable::connect)
			.withMessageContaining("with-ttl")
			.withMessageContaining("time to live")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNSUITABLE_BUCKET));
		unsuitable.close();
	}

	@Test
	void connectWhenNoServerListensNamesTheAddressWithoutPassword() {
		NatsLeaseStore unreachable = new NatsLeaseStore(identity("node-a"), options("nats://bob:secret@127.0.0.1:1"),
				this.settings);
		assertThatExceptionOfType(NatsLeaseStoreException.class).isThrownBy(unreachable::connect)
			.withMessageContaining("Cannot reach NATS at nats://127.0.0.1:1")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNREACHABLE))
			.satisfies((ex) -> assertThat(ex).hasStackTraceContaining("Cannot reach NATS")
				.message()
				.doesNotContain("secret"));
		unreachable.close();
	}

	@Test
	void connectWithoutJetStreamSaysSo(@TempDir Path temporary) {
		try (NatsServer plain = NatsServer.startWithoutJetStream(temporary);
				NatsLeaseStore store = new NatsLeaseStore(identity("node-a"), options(plain.url()), this.settings)) {
			assertThatExceptionOfType(NatsLeaseStoreException.class).isThrownBy(store::connect)
				.withMessageContaining("JetStream is not enabled")
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.NO_JETSTREAM));
		}
	}

	@Test
	void connectWithAWrongPasswordSaysSo(@TempDir Path temporary) {
		try (NatsServer guarded = NatsServer.start(temporary, "authorization { user: bob, password: right }");
				NatsLeaseStore store = new NatsLeaseStore(identity("node-a"),
						() -> options(guarded.url()).get().connectionTimeout(FEW_SECONDS).userInfo("bob", "wrong"),
						this.settings)) {
			assertThatExceptionOfType(NatsLeaseStoreException.class).isThrownBy(store::connect)
				.withMessageContaining("refuses the credentials")
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.NOT_AUTHORIZED));
		}
	}

	@Test
	void deniedRequestNamesThePermission(@TempDir Path temporary) {
		try (NatsServer guarded = NatsServer
			.start(temporary, "authorization { users: [ { user: bob, password: right, permissions: { publish: "
					+ "[ \"$JS.API.STREAM.INFO.>\", \"$JS.API.STREAM.CREATE.>\", \"$JS.API.STREAM.MSG.GET.>\" ] } } ] }");
				NatsLeaseStore store = new NatsLeaseStore(identity("node-a"),
						() -> options(guarded.url()).get().userInfo("bob", "right"),
						new NatsLeaseStoreSettings("ha-denied", 1, FEW_SECONDS))) {
			store.connect();
			assertThat(store.read("leader")).isEmpty();
			assertThatExceptionOfType(StoreUnavailableException.class)
				.isThrownBy(() -> store.create("leader", Leases.lease("node-a", 1)))
				.withMessageContaining("Permissions Violation")
				.withMessageContaining("$KV.ha-denied.leader");
		}
	}

	@Test
	void deadServerIsUnavailableAtOnceAndUsableAfterItsRestart(@TempDir Path temporary) {
		try (NatsServer dying = NatsServer.start(temporary);
				NatsLeaseStore store = new NatsLeaseStore(identity("node-a"), options(dying.url()),
						new NatsLeaseStoreSettings("ha-dying", 1, FEW_SECONDS))) {
			VersionedLease record = store.connect().create("leader", Leases.lease("node-a", 1));
			AtomicInteger hints = new AtomicInteger();
			store.watch("leader", hints::incrementAndGet);
			Awaitility.await().until(() -> hints.get() > 0);
			dying.kill();
			long start = System.nanoTime();
			for (int i = 0; i < 5; i++) {
				assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> store.read("leader"));
			}
			// At most the first, whose request may have been under way, waits for an
			// answer
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(FEW_SECONDS.multipliedBy(3));
			int before = hints.get();
			dying.restart();
			Awaitility.await()
				.ignoreException(StoreUnavailableException.class)
				.untilAsserted(() -> assertThat(store.read("leader")).contains(record));
			Awaitility.await().until(() -> hints.get() > before);
			store.update("leader", record.lease(), record.revision());
		}
	}

	@Test
	void frozenServerIsUnavailableWithinTheTimeout(@TempDir Path temporary) {
		try (NatsServer frozen = NatsServer.start(temporary);
				NatsLeaseStore store = new NatsLeaseStore(identity("node-a"), options(frozen.url()),
						new NatsLeaseStoreSettings("ha-frozen", 1, FEW_SECONDS));
				NatsLeaseStore patient = new NatsLeaseStore(identity("node-b"), options(frozen.url()),
						new NatsLeaseStoreSettings("ha-frozen", 1, PATIENCE))) {
			VersionedLease record = patient.connect().create("leader", Leases.lease("node-a", 1));
			store.connect();
			frozen.pause();
			assertThatExceptionOfType(StoreUnavailableException.class)
				.isThrownBy(() -> store.update("leader", record.lease(), record.revision()))
				.withMessageContaining("did not answer within 5000 ms");
			frozen.resume();
			Awaitility.await()
				.ignoreException(StoreUnavailableException.class)
				.untilAsserted(() -> assertThat(store.read("leader")).isPresent());
		}
	}

}
